"""What stands behind `%%mesh` on its first line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.asked_slot import words_of
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.cell_options import CELL_OPTIONS
from mesh_workbench.model.query import Provenance

Shape = Literal["result", "pandas", "polars", "arrow", "lazy", "duckdb"]
MOST_ROWS = 1_000_000
USAGE = (
    "%%mesh [NAME] [--as-of TIME|--again RESULT] [--pandas|--polars|--arrow|--lazy|--duckdb] [--limit N] "
    "[--purpose TEXT]"
)
_SHAPES = [shape for shape in get_args(Shape) if shape != "result"]
_OPTIONS = list(CELL_OPTIONS)


@dataclass(frozen=True)
class CellArguments:
    """How to ask and what to do with the answer. `name` is the variable to assign, if any."""

    name: str | None = None
    as_of: datetime | None = None
    again: Provenance | None = None
    shape: Shape = "result"
    limit: int | None = None
    purpose: str = ""


def parse_arguments(line: str, variables: Mapping[str, object] | None = None) -> CellArguments:
    """The arguments in `line`; a moment can be a `$name` of `variables`, --again names one of them.

    Raises InvalidInput `magic.arguments`, `query.bad-time` and `query.unknown-variable`.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise _wrong(f"{line!r} cannot be read: {error}.") from error
    found = CellArguments()
    values: dict[str, object] = {}
    rest = iter(words)
    for word in rest:
        option, _, joined = word.partition("=")
        if option == "--as-of":
            values["as_of"] = moment_of(joined or _next(rest, option), variables or {})
        elif option == "--again":
            values["again"] = _provenance_of(joined or _next(rest, option), variables or {})
        elif option == "--limit":
            values["limit"] = _limit(joined or _next(rest, option))
        elif option == "--purpose":
            values["purpose"] = _purpose(joined or _next(rest, option))
        elif word.removeprefix("--") in _SHAPES and word.startswith("--"):
            if "shape" in values:
                raise _wrong("Only one of --pandas, --polars, --arrow, --lazy and --duckdb can be given.")
            values["shape"] = word.removeprefix("--")
        elif word.startswith("-"):
            raise _wrong(f"There is no option {word}.", hint=did_you_mean(word, _OPTIONS))
        elif "name" in values or not word.isidentifier():
            raise _wrong(f"{word!r} is not expected here.")
        else:
            values["name"] = word
    if "again" in values and "as_of" in values:
        raise _wrong("Only one of --as-of and --again can be given.")
    return CellArguments(**{**vars(found), **values})


def words_and_slot(text: str, usage: str, variables: Mapping[str, object]) -> tuple[list[str], str | None]:
    """The words of a line, of which there must be one, and the slot that its --slot says; `$name` is what the variable
    has: `mesh.slot`, a date, a text; None is all.

    Raises InvalidInput `magic.arguments` and `query.unknown-variable`.
    """
    try:
        rest = iter(shlex.split(text))
    except ValueError as error:
        raise _wrong(f"{text!r} cannot be read: {error}.", hint=f"Usage: {usage}") from error
    words: list[str] = []
    slot: str | None = None
    for word in rest:
        option, _, joined = word.partition("=")
        if option == "--slot":
            said = joined or _next(rest, option, usage)
            value: Any = _variable(said[1:], variables) if said.startswith("$") else said
            slot = words_of(value)
        elif word.startswith("-"):
            raise _wrong(f"There is no option {option}.", hint=f"{did_you_mean(option, ['--slot'])} Usage: {usage}")
        else:
            words.append(word)
    if not words:
        raise _wrong("Something is missing.", hint=f"Usage: {usage}")
    return words, slot


def leading_options(text: str) -> tuple[str, str]:
    """The options with which `text` begins, and the rest. A comment is none: it begins with two dashes alone."""
    match = re.match(r"(?:--(?:as-of|again|limit)(?:=|\s+)(?:\"[^\"]*\"|'[^']*'|\S+)\s*|--[a-z][\w-]*\s+)*", text)
    end = match.end() if match else 0
    return text[:end], text[end:]


def parse_moment(text: str) -> datetime:
    """The moment in `text` (ISO 8601; UTC without a zone). Raises InvalidInput `query.bad-time`."""
    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise InvalidInput(
            "query.bad-time", f"{text!r} is not a moment.", hint="Write it like 2013-06-01 or 2013-06-01T12:00:00Z."
        ) from error


def moment_of(text: str, variables: Mapping[str, object]) -> datetime:
    """The moment in `text`, or in the variable that it names as `$name`. Raises what `parse_moment` raises."""
    if not text.startswith("$"):
        return parse_moment(text)
    value = _variable(text[1:], variables)
    return parse_moment(value.isoformat() if isinstance(value, date) else str(value))


def _variable(name: str, variables: Mapping[str, object]) -> object:
    if name not in variables:
        known = [one for one in variables if not one.startswith("_")]
        raise InvalidInput("query.unknown-variable", f"There is no variable {name}.", hint=did_you_mean(name, known))
    return variables[name]


def _provenance_of(name: str, variables: Mapping[str, object]) -> Provenance:
    name = name.removeprefix("$")
    found = getattr(variables.get(name), "provenance", None)
    if not isinstance(found, Provenance):
        known = [one for one in variables if isinstance(getattr(variables[one], "provenance", None), Provenance)]
        raise InvalidInput(
            "query.not-a-result",
            f"{name} is not a result of %%mesh or mesh.read.",
            hint=did_you_mean(name, known) if known else "Keep one: %%mesh result",
        )
    return found


def _purpose(text: str) -> str:
    if len(text) > 200:
        raise _wrong(f"--purpose has {len(text):,} characters; 200 are the most.")
    return text


def _next(rest: Iterator[str], option: str, usage: str = USAGE) -> str:
    word = next(rest, None)
    if word is None:
        raise _wrong(f"{option} needs a value.", hint=f"Usage: {usage}")
    return word


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_ROWS:
        raise _wrong(f"--limit {text} is not between 1 and {MOST_ROWS:,}.")
    return int(text)


def _wrong(message: str, *, hint: str = "") -> InvalidInput:
    return InvalidInput("magic.arguments", message, hint=hint or f"Usage: {USAGE}")
