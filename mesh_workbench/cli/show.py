"""How the command line speaks: JSON for programs, tables and short sentences for people.

Nothing here interprets markup: what comes from data is shown as it is, with control characters made visible.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 160
"""Columns to assume when nobody looks at a terminal: names in a pipe must not be cut."""

_SPANS = ((90, "s", 1), (5400, "min", 60), (129_600, "h", 3600), (float("inf"), "days", 86_400))
"""Up to how many seconds which unit is used, and how long it is."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def console(*, stderr: bool = False) -> Console:
    """A console for stdout, or for what goes beside the answer."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(
        stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=not stream.isatty(), width=width
    )


def plain(text: object) -> str:
    """`text` without characters by which it could command the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def say(text: str = "", *, style: str = "") -> None:
    """One line for people, on stdout."""
    console().print(plain(text), style=style or None)


def aside(text: str, *, style: str = "") -> None:
    """One line for people, on stderr: it never mixes with an answer."""
    console(stderr=True).print(plain(text), style=style or None)


def as_json(value: Any) -> None:
    """`value` (a model value, or a list or dictionary of plain data) as JSON on stdout."""
    data = value.model_dump(mode="json") if hasattr(value, "model_dump") else value
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def items_as_json(items: Iterable[Any], following: str | None = None) -> None:
    """A list as `{"items": [...], "next": cursor or null}`."""
    plain_items = [item.model_dump(mode="json") if hasattr(item, "model_dump") else item for item in items]
    as_json({"items": plain_items, "next": following})


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = (), title: str = ""
) -> None:
    """A table on stdout; columns named in `right` hold numbers."""
    from rich import box
    from rich.table import Table

    numbers = set(right)
    drawn = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, expand=False)
    for column in columns:
        drawn.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(plain("" if cell is None else cell) for cell in row))
    console().print(drawn)


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Name and value, one pair a line; empty values are left out."""
    shown = [(name, plain(value)) for name, value in pairs if value not in (None, "", [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        say(f"{name.ljust(width)}  {value}")


def count(number: int | None) -> str:
    """`336776` as `336,776`; nothing for None."""
    return "" if number is None else f"{number:,}"


def size(number: float) -> str:
    """Bytes in the unit that people read: `1536` as `1.5 KiB`."""
    units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while number >= 1024 and len(units) > 1:
        number /= 1024
        units.pop(0)
    return f"{number:,.0f} bytes" if units[0] == "bytes" else f"{number:,.1f} {units[0]}"


def ago(moment: datetime | None) -> str:
    """How long ago `moment` was, or how far ahead it is: `6 min ago`, `in 2 h`."""
    if moment is None:
        return ""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    size = abs(seconds)
    if size < 10:
        return "just now"
    unit, length = next((name, length) for limit, name, length in _SPANS if size < limit)
    words = f"{round(size / length)} {unit}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def instant(moment: datetime | None) -> str:
    """A moment to the second, in UTC."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%SZ")


def next_step(command: str, why: str = "") -> None:
    """The last line of a verb: what to do next."""
    say()
    say(f"Next: {command}" + (f"   {why}" if why else ""), style="bold")
