"""Failing rows to look at: fetched only when a promise was not kept."""

# ruff: noqa: S608 - identifiers are quoted, values bound; conditions come from rules
from __future__ import annotations

import duckdb
from pydantic import JsonValue

from mesh_workbench.contracts.counterparts import orphans
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.jsonvalue import LONGEST, plain
from mesh_workbench.contracts.measure import Breaking, Duplicates, Measure, Orphans, Unmatched
from mesh_workbench.contracts.patterns import NotPossible, unmatched
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.contracts.views import CANDIDATE, STAGED

MOST = 20


def sample(
    database: Database, measure: Measure, keys: list[str], *, timeout_s: float, most: int = MOST
) -> list[dict[str, JsonValue]]:
    """At most `most` rows that break a promise: key columns and the columns that it is about."""
    try:
        query = _query(database, measure, keys, timeout_s, most)
        if query is None:
            return []
        sql, parameters, names = query
        rows = database.rows(f"{sql} LIMIT {most}", parameters, timeout_s=timeout_s)
    except (duckdb.Error, NotPossible):
        return []  # the verdict stands without it
    return [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in rows]


def _query(
    database: Database, measure: Measure, keys: list[str], timeout_s: float, most: int
) -> tuple[str, tuple[object, ...], list[str]] | None:
    if isinstance(measure, Breaking):
        names = list(dict.fromkeys((*keys, *measure.columns)))
        return f"SELECT {_shown(database, names)} FROM {STAGED} WHERE {measure.where}", measure.parameters, names
    if isinstance(measure, Orphans):
        names = list(dict.fromkeys((*keys, *measure.columns)))
        return f"SELECT {_shown(database, names, 'here.')} {orphans(database, measure, tuple(keys))}", (), names
    if isinstance(measure, Duplicates):
        own = list(measure.columns or database.columns)
        return _repeated(database, measure, own, list(dict.fromkeys((*keys, *own))), most)
    if isinstance(measure, Unmatched):
        text = f"CAST({quoted(measure.column)} AS VARCHAR)"
        base = f"FROM {STAGED} WHERE {quoted(measure.column)} IS NOT NULL"
        values = [str(row[0]) for row in database.rows(f"SELECT DISTINCT {text} {base}")]
        misses = unmatched(measure.pattern, values, timeout_s=timeout_s)
        missing = [value for value, miss in zip(values, misses, strict=True) if miss][:most]
        also = f" OR {measure.also.where}" if measure.also else ""
        names = list(dict.fromkeys((*keys, measure.column)))
        among = f"{text} IN ({', '.join('?' for _ in missing)})" if missing else "FALSE"
        parameters = (*missing, *(measure.also.parameters if measure.also else ()))
        return f"SELECT {_shown(database, names)} {base} AND ({among}{also})", parameters, names
    return None


def _repeated(
    database: Database, measure: Duplicates, own: list[str], names: list[str], most: int
) -> tuple[str, tuple[object, ...], list[str]]:
    """Rows that hold a value more than once: the first few such values first, because few rows will be shown."""
    nulls = " OR ".join(f"{quoted(name)} IS NULL" for name in own)
    kept = "TRUE" if measure.whole_rows else f"NOT ({nulls})"
    first = (
        f"SELECT {_list(own)} FROM {CANDIDATE} WHERE {kept} GROUP BY ALL HAVING count(*) > 1 "
        f"ORDER BY {_list(own)} LIMIT {most}"
    )
    same = " AND ".join(f"here.{quoted(name)} IS NOT DISTINCT FROM many.{quoted(name)}" for name in own)
    empty = f"SELECT {_list(names)} FROM {CANDIDATE} WHERE {nulls} LIMIT {most}" if measure.nulls_break else ""
    rows = f"SELECT * FROM (SELECT {_list(names)} FROM {CANDIDATE}) AS here SEMI JOIN ({first}) AS many ON {same}"
    both = f"{rows} UNION ALL ({empty})" if empty else rows
    order = list(dict.fromkeys((*own, *names)))
    return f"SELECT {_shown(database, names)} FROM ({both}) ORDER BY {_list(order)}", (), names


def _list(names: list[str]) -> str:
    return ", ".join(map(quoted, names))


def _shown(database: Database, names: list[str], prefix: str = "") -> str:
    """Columns in forms that need no further library to be read: zoned times as ISO text, nested values as text, bytes
    in hexadecimal.

    Of long texts only what is shown leaves the engine: thousands of rows of them would not fit into memory.
    """
    shown = []
    for name in names:
        column, family = f"{prefix}{quoted(name)}", database.columns[name].family
        if family == "timestamptz":
            column = f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
        elif family == "blob":
            column = f"'0x' || left(lower(hex({column})), {LONGEST})"
        elif family in ("string", "list", "struct", "map", "time", "other"):
            column = f"left(CAST({column} AS VARCHAR), {LONGEST + 1})"
        shown.append(column)
    return ", ".join(shown)
