"""What DuckDB says, in our words: which word of the statement is wrong, and what would be right.

Sessions report errors as JSON (`errors_as_json`): kind, message, candidates and the offset in the SQL, which is
counted back to the statement as it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from mesh_workbench.engine.functions import FUNCTIONS, TABLE_FUNCTIONS
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.engine.rewrite import Compiled
from mesh_workbench.engine.unreadable import speaks_of_a_file, unreadable
from mesh_workbench.errors import InvalidInput, MeshError, Unavailable, did_you_mean
from mesh_workbench.model.query import ResolvedPort

Columns = Mapping[str, Sequence[str]]
"""The columns of each product that the statement reads, by the product's name as written."""


def explain(error: duckdb.Error, compiled: Compiled, columns: Columns, ports: Sequence[ResolvedPort] = ()) -> MeshError:
    """The error for what DuckDB raised while it read `ports`: InvalidInput `query.*` that points at its place, or
    Unavailable."""
    facts = _facts(error)
    message = str(facts.get("exception_message") or error)
    place = _place(facts, compiled)
    if isinstance(error, duckdb.InterruptException):
        return _interrupted(message)
    if isinstance(error, duckdb.OutOfMemoryException) and "max_temp_directory_size" in message:
        return Unavailable(
            "query.out-of-disk",
            "The query needs more disk than a session may use for what does not fit in memory.",
            hint="Read fewer columns or rows, or aggregate before sorting and joining; the setting is query_disk.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(
            "query.out-of-memory",
            "The query needs more memory than a session may use.",
            hint="Read fewer columns or rows, or aggregate first.",
        )
    if isinstance(error, (duckdb.IOException, duckdb.PermissionException)) or speaks_of_a_file(ports, message):
        return unreadable(ports, message)
    for pattern, make in _BY_MESSAGE:
        match = re.search(pattern, message)
        if match:
            return make(_Said(match, place, columns, compiled))
    words, hint = _sentence(_first(message)), _rest(message)
    if isinstance(error, _VALUE_ERRORS):
        return pointing(InvalidInput, "query.bad-value", words, place, hint=hint)
    return pointing(InvalidInput, "query.not-understood", words, place, hint=hint)


_VALUE_ERRORS = (
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
    duckdb.InvalidInputException,
    duckdb.TypeMismatchException,
)


@dataclass(frozen=True)
class _Said:
    """One message of DuckDB with all that helps to explain it."""

    match: re.Match[str]
    place: Place | None
    columns: Columns
    compiled: Compiled


def _no_column(said: _Said) -> MeshError:
    name = said.match["name"]
    place = _only(said.place, name)
    owner = _owner(place, said.compiled, said.columns)
    where = {owner: said.columns[owner]} if owner else said.columns
    there = [column for names in where.values() for column in names]
    read = " or ".join(where) or "what is read here"
    return pointing(
        InvalidInput,
        "query.unknown-column",
        f'no column "{name}" in {read}.',
        place,
        hint=did_you_mean(name, there) if there else "",
    )


def _no_table(said: _Said) -> MeshError:
    name = said.match["name"]
    near = re.findall(r'"([^"]+)"', said.match.string.partition("Candidate tables:")[2])
    return pointing(
        InvalidInput,
        "query.unknown-table",
        f'nothing is called "{name}" in this FROM.',
        _first_part(said.place, name),
        hint=did_you_mean(name, near) if near else "",
    )


def _no_function(said: _Said) -> MeshError:
    name = said.match["name"]
    return pointing(
        InvalidInput,
        "query.unknown-function",
        f'no function "{name}".',
        _first_part(said.place, name),
        hint=did_you_mean(name.lower(), FUNCTIONS | TABLE_FUNCTIONS),
    )


def _wrong_arguments(said: _Said) -> MeshError:
    call = said.match["call"].replace("_LITERAL", "").replace("STRING", "VARCHAR")
    forms = [form for form in re.findall(r"^\t(\S.*)$", said.match.string, re.MULTILINE) if "->" in form]
    hint = f"It takes: {'; '.join(forms[:3])}." if 0 < len(forms) <= 6 else "A CAST may be missing."
    return pointing(InvalidInput, "query.wrong-arguments", f"{call} does not exist.", said.place, hint=hint)


def _not_grouped(said: _Said) -> MeshError:
    name = said.match["name"]
    return pointing(
        InvalidInput,
        "query.not-grouped",
        f'"{name}" is neither grouped nor aggregated.',
        said.place,
        hint=f"Add it to GROUP BY, or use GROUP BY ALL, or any_value({name}).",
    )


def _not_sql(said: _Said) -> MeshError:
    return pointing(
        InvalidInput,
        "query.syntax",
        f'"{said.match["name"]}" is not expected here.',
        said.place,
        hint="Look just before it.",
    )


_BY_MESSAGE = (
    (r'Referenced column "(?P<name>[^"]+)" (was )?not found', _no_column),
    (r'does not have a column named "(?P<name>[^"]+)"', _no_column),
    (r'Referenced table "(?P<name>[^"]+)" not found', _no_table),
    (r"(Scalar|Aggregate|Table|Macro|Window) ?[Ff]unction with name \"?(?P<name>\w+)\"? does not exist", _no_function),
    (r"No function matches the given name and argument types '(?P<call>.+?)'\.", _wrong_arguments),
    (r'syntax error at or near "(?P<name>.*)"', _not_sql),
    (r'column "(?P<name>[^"]+)" must appear in the GROUP BY', _not_grouped),
)


def _interrupted(message: str) -> MeshError:
    if "maximum execution time" in message:
        return Unavailable(
            "query.timeout",
            "The query took longer than it may.",
            hint="Read fewer columns or rows, aggregate first, or raise query_timeout_s.",
        )
    return Unavailable("query.cancelled", "The query was cancelled.", hint="Nothing was changed.")


def _facts(error: duckdb.Error) -> dict[str, Any]:
    text = str(error)
    start = text.find("{")
    try:
        # NOTE: raw_decode, because a relation's errors have "LINE 1: …" behind the JSON.
        found, _ = json.JSONDecoder().raw_decode(text[start:]) if start >= 0 else ({}, 0)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _place(facts: Mapping[str, Any], compiled: Compiled) -> Place | None:
    match = re.fullmatch(r"\[(\d+),(\d+)\]", str(facts.get("location", "")))
    if not match:
        return None
    start, length = int(match[1]), int(match[2])
    content = compiled.sql.encode()  # DuckDB counts bytes
    begin = len(content[:start].decode(errors="ignore"))
    return compiled.place(begin, len(content[start : start + length].decode(errors="ignore")))


def _only(place: Place | None, name: str) -> Place | None:
    """Of `flights.carier`, only the last part."""
    if place is None:
        return None
    found = place.text.lower().rfind(name.lower(), place.start, place.end)
    return Place(place.text, found, found + len(name)) if found >= 0 else place


def _first_part(place: Place | None, name: str) -> Place | None:
    if place is None:
        return None
    found = place.text.lower().find(name.lower(), place.start, place.end)
    return Place(place.text, found, found + len(name)) if found >= 0 else place


def _owner(place: Place | None, compiled: Compiled, columns: Columns) -> str | None:
    """The product that a qualified column means, where that is plain from the text."""
    if len(columns) == 1:
        return next(iter(columns))
    if place is None:
        return None
    qualifier = re.search(r"([\w.\"@]+)\.\"?$", compiled.original[: place.start])
    if not qualifier:
        return None
    written = qualifier[1].replace('"', "").lower()
    return next((name for name in columns if name.lower() == written or name.lower().endswith(f".{written}")), None)


def _first(message: str) -> str:
    return message.split("\n")[0]


def _rest(message: str) -> str:
    return " ".join(line.strip() for line in message.split("\n")[1:4] if line.strip())


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
