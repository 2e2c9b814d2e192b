"""What the columns of a candidate hold, from one pass over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.database import CANDIDATE, Database
from mesh_workbench.engine.session import quoted


@dataclass(frozen=True)
class ColumnProfile:
    """One column: how many values it has, about how many different ones, and between what they lie.

    `low` and `high` are known of numbers that are all finite; `longest` is the length of the longest text.
    """

    name: str
    type: ColumnType
    present: int
    distinct: int = 0
    low: int | float | None = None
    high: int | float | None = None
    longest: int = 0


def profile_of(database: Database, columns: dict[str, ColumnType]) -> tuple[int, list[ColumnProfile]]:
    """The number of rows, and a profile of each column."""
    asked = ["count(*)"]
    for name, kind in columns.items():
        column = quoted(name)
        counted = kind.name == "VARCHAR" or kind.family == "integer"
        asked += [
            f"count({column})",
            f"approx_count_distinct({column})" if counted else "0",
            f"min({column})" if kind.is_number else "NULL",
            f"max({column})" if kind.is_number else "NULL",
            f"max(length({column}))" if kind.name == "VARCHAR" else "0",
        ]
    row = database.rows(f"SELECT {', '.join(asked)} FROM {CANDIDATE}")[0]  # noqa: S608 - quoted names
    found = []
    for index, (name, kind) in enumerate(columns.items()):
        present, distinct, low, high, longest = row[1 + 5 * index : 6 + 5 * index]
        found.append(
            ColumnProfile(name, kind, _int(present), _int(distinct), _finite(low), _finite(high), _int(longest))
        )
    return _int(row[0]), found


def is_unique(database: Database, name: str, rows: int) -> bool:
    """Whether the column has another value in each of `rows` rows."""
    found = database.rows(f"SELECT count(DISTINCT {quoted(name)}) FROM {CANDIDATE}")  # noqa: S608 - a quoted name
    return _int(found[0][0]) == rows


def distinct_values(database: Database, names: list[str]) -> list[list[str]]:
    """The values of each column, sorted."""
    if not names:
        return []
    asked = ", ".join(f"list_sort(list(DISTINCT {quoted(name)}))" for name in names)
    row = database.rows(f"SELECT {asked} FROM {CANDIDATE}")[0]  # noqa: S608 - quoted names
    return [[value for value in values if value is not None] if isinstance(values, list) else [] for values in row]


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _finite(value: object) -> int | float | None:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None
