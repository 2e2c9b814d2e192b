"""From columns, filters and order, each named by people, to one statement whose values are bound."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.engine.schema import schema_of, type_names
from mesh_workbench.engine.session import literal, quoted
from mesh_workbench.errors import InvalidInput, did_you_mean

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.model.query import ResolvedPort
    from mesh_workbench.model.rows import RowsRequest

_COMPARE = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_WORDS = {"contains": "contains", "starts": "starts_with"}
OPERATORS = (*_COMPARE, "in", *_WORDS, "is")
_HINT = f"Write COLUMN:OPERATOR:VALUE, the operator being {', '.join(OPERATORS)}; for example carrier:eq:UA."


@dataclass(frozen=True)
class _Filter:
    """A condition, and the values that it binds, each as text with the type that it must be of."""

    condition: Callable[[list[str]], str]
    values: tuple[str, ...]
    kind: str
    column: str
    written: str


def statement_of(
    port: ResolvedPort, request: RowsRequest, offset: int, sessions: Sessions
) -> tuple[str, dict[str, JsonValue]]:
    """The statement that `request` means over `port`, pinned to its release, and the values to bind.

    Rows that are equal in what is sorted by are told apart by the columns that are shown, so that pages neither repeat
    nor lose any. Raises InvalidInput `rows.unknown-column`, `rows.bad-filter`, `rows.bad-order`, `rows.bad-value`.
    """
    schema = schema_of(port)
    kinds = dict(zip(schema.names, type_names(schema), strict=True))
    shown = list(dict.fromkeys(_known(name, kinds, port, "query.select") for name in request.select)) or schema.names
    filters = [_filter(text, kinds, port) for text in request.filter]
    values: dict[str, JsonValue] = {}
    conditions = []
    for one in filters:
        names = [f"v{len(values) + number}" for number in range(len(one.values))]
        values |= dict(zip(names, one.values, strict=True))
        conditions.append(one.condition([f"CAST(${name} AS {one.kind})" for name in names]))
    _check_values(filters, sessions)
    parts = [f"SELECT {', '.join(quoted(name) for name in shown)}"]
    about = f"{{release: {int(port.release)}, slot: {literal(port.slot)}}}" if port.slot else str(int(port.release))
    parts.append(f"FROM {quoted(port.name)} AT (VERSION => {about})")
    if conditions:
        parts.append(f"WHERE {' AND '.join(conditions)}")
    if request.order:
        parts.append(f"ORDER BY {', '.join(_order(request.order, shown, kinds, port))}")
    parts.append(f"LIMIT {int(request.limit)} OFFSET {int(offset)}")
    return "\n".join(parts), values


def _order(order: Sequence[str], shown: Sequence[str], kinds: dict[str, str], port: ResolvedPort) -> list[str]:
    sorted_by: dict[str, str] = {}
    for text in order:
        name = text if text in kinds else text.removeprefix("-")
        _known(name, kinds, port, "query.order")
        if not _plain(kinds[name]):
            raise InvalidInput(
                "rows.bad-order",
                f"Rows cannot be sorted by {name}, whose values are {kinds[name]}.",
                hint="Sort by a column of numbers, texts or times.",
                where="query.order",
            )
        sorted_by.setdefault(name, f"{quoted(name)} {'DESC' if text != name else 'ASC'} NULLS LAST")
    rest = [quoted(name) for name in shown if name not in sorted_by]
    return [*sorted_by.values(), *rest]


def _filter(text: str, kinds: dict[str, str], port: ResolvedPort) -> _Filter:
    # The name may hold a colon itself: the longest that is followed by one of ours is meant.
    names = [name for name in kinds if text.startswith(f"{name}:")]
    name = max(names, key=len) if names else text.partition(":")[0]
    operator, colon, value = text[len(name) + 1 :].partition(":")
    if not text[len(name) :].startswith(":") or not colon:
        raise _bad_filter(f"{text!r} is not a filter.")
    _known(name, kinds, port, "query.filter")
    if operator not in OPERATORS:
        raise InvalidInput(
            "rows.bad-filter",
            f"{operator!r} is not an operator.",
            hint=f"{did_you_mean(operator, OPERATORS)} {_HINT}",
            where="query.filter",
        )
    column = quoted(name)
    if operator == "is":
        if value not in ("null", "present"):
            raise _bad_filter(f"A value is null or present, not {value!r}.")
        missing = f"{column} IS {'' if value == 'null' else 'NOT '}NULL"
        return _Filter(lambda _: missing, (), "VARCHAR", name, text)
    if not _plain(kinds[name]):
        raise _bad_filter(f"{name} holds {kinds[name]}, which is compared with nothing but is:null and is:present.")
    if operator in _WORDS and kinds[name] != "VARCHAR":
        raise _bad_filter(f"{operator} is for texts, and {name} is {kinds[name]}.")
    if operator == "in":
        values = tuple(next(csv.reader([value], skipinitialspace=True), []))
        return _Filter(lambda given: f"{column} IN ({', '.join(given) or 'NULL'})", values, kinds[name], name, text)
    if operator in _WORDS:
        function = _WORDS[operator]
        return _Filter(lambda given: f"{function}({column}, {given[0]})", (value,), kinds[name], name, text)
    sign = _COMPARE[operator]
    return _Filter(lambda given: f"{column} {sign} {given[0]}", (value,), kinds[name], name, text)


def _check_values(filters: Sequence[_Filter], sessions: Sessions) -> None:
    """Raise InvalidInput `rows.bad-value` for the first value that is not of its column's type."""
    asked = [(one, value) for one in filters for value in one.values if one.kind != "VARCHAR"]
    if not asked:
        return
    session = sessions.get([])
    cursor = session.cursor()
    try:
        tests = ", ".join(f"TRY_CAST($v{number} AS {one.kind}) IS NULL" for number, (one, _) in enumerate(asked))
        values = {f"v{number}": value for number, (_, value) in enumerate(asked)}
        [wrong] = cursor.execute(session.checked(f"SELECT {tests}"), values).fetchall()
    finally:
        session.give_back(cursor)
    for (one, value), bad in zip(asked, wrong, strict=True):
        if bad:
            raise InvalidInput(
                "rows.bad-value",
                f"{value!r} is not a {one.kind}, which {one.column} is.",
                hint="Times are written like 2013-01-31T06:00:00Z; a plus in an address is %2B.",
                where="query.filter",
                details={"filter": one.written},
            )


def _known(name: str, kinds: dict[str, str], port: ResolvedPort, where: str) -> str:
    if name not in kinds:
        raise InvalidInput(
            "rows.unknown-column",
            f"{port.product}.{port.port} has no column {name!r}.",
            hint=did_you_mean(name, kinds),
            where=where,
        )
    return name


def _plain(kind: str) -> bool:
    return not (kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(")) or kind == "INTERVAL")


def _bad_filter(words: str) -> InvalidInput:
    return InvalidInput("rows.bad-filter", words, hint=_HINT, where="query.filter")
