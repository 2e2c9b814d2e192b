"""A profile of a port: two statements that are composed here, and what their answers mean.

The first asks for the bounds of the columns, which DuckDB mostly takes from the footers of the files. The second is one
pass over the rows: nulls, distinct values (estimated, within some 2 %), and how values spread between the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BINS = 12
_BARS = "▁▂▃▄▅▆▇█"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIMESTAMP")
_PLAIN = ("VARCHAR", "BOOLEAN", "TIME", *_NUMBERS, *_TIMES)


@dataclass(frozen=True)
class Profiled:
    """One column: `least` and `most` as text, None for kinds that have no order here; `spread` is a picture."""

    name: str
    type: str
    nulls: int
    distinct: int | None
    least: str | None
    most: str | None
    spread: str


def bounds(source: str, columns: Sequence[tuple[str, str]]) -> str:
    """The statement that asks for the bounds of `columns`, each a name and DuckDB's type, of `source`."""
    asked = ["count(*) AS n"]
    for index, (name, kind) in enumerate(columns):
        if not _is_plain(kind):
            continue
        column = _quoted(name)
        asked += [
            f"left(CAST(min({column}) AS VARCHAR), 80) AS a{index}",
            f"left(CAST(max({column}) AS VARCHAR), 80) AS b{index}",
        ]
        if (number := _number(column, kind)) is not None:
            finite = f"FILTER (WHERE isfinite({number}))"
            asked += [f"min({number}) {finite} AS l{index}", f"max({number}) {finite} AS h{index}"]
    return f"SELECT {', '.join(asked)} FROM {source}"  # noqa: S608 - names are quoted


def counts(source: str, columns: Sequence[tuple[str, str]], known: Mapping[str, object]) -> str:
    """The statement that makes one pass; `known` is the row that answered `bounds`."""
    asked = ["count(*) AS n"]
    for index, (name, kind) in enumerate(columns):
        column = _quoted(name)
        asked.append(f"count({column}) AS c{index}")
        if _is_plain(kind):
            asked.append(f"approx_count_distinct({column}) AS d{index}")
        low, high, number = known.get(f"l{index}"), known.get(f"h{index}"), _number(column, kind)
        if number is not None and isinstance(low, float) and isinstance(high, float) and low < high:
            place = f"least({BINS - 1}, CAST(floor(({number} - {low!r}) / {(high - low)!r} * {BINS}) AS INTEGER))"
            asked.append(f"histogram(CASE WHEN isfinite({number}) THEN {place} END) AS s{index}")
    return f"SELECT {', '.join(asked)} FROM {source}"  # noqa: S608 - names are quoted


def profile(
    columns: Sequence[tuple[str, str]], known: Mapping[str, object], counted: Mapping[str, object]
) -> list[Profiled]:
    """What the two rows say of each column."""
    rows = _count(counted.get("n"))
    return [
        Profiled(
            name=name,
            type=kind,
            nulls=rows - _count(counted.get(f"c{index}")),
            distinct=_count(counted[f"d{index}"]) if f"d{index}" in counted else None,
            least=_text(known.get(f"a{index}")),
            most=_text(known.get(f"b{index}")),
            spread=_spread(counted.get(f"s{index}")),
        )
        for index, (name, kind) in enumerate(columns)
    ]


def _spread(found: object) -> str:
    """Bars for the counts of the bins: the fuller the higher, and the lowest for none."""
    if not isinstance(found, list):
        return ""
    bins = {int(place): int(count) for place, count in found if place is not None}
    most = max(bins.values(), default=0)
    if not most:
        return ""
    heights = [bins.get(index, 0) for index in range(BINS)]
    return "".join(_BARS[1 + (len(_BARS) - 2) * count // most] if count else _BARS[0] for count in heights)


def _is_plain(kind: str) -> bool:
    return not kind.endswith("]") and kind.partition("(")[0].partition(" ")[0].split("_")[0].lstrip("U") in _PLAIN


def _number(column: str, kind: str) -> str | None:
    """The column as a number, for kinds that spread along a line."""
    if kind.endswith("]"):
        return None
    base = kind.partition("(")[0].partition(" ")[0].split("_")[0]
    if base.lstrip("U") in _NUMBERS:
        return f"CAST({column} AS DOUBLE)"
    return f"CAST(epoch({column}) AS DOUBLE)" if base in _TIMES else None


def _count(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
