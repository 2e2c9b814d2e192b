"""What the columns of a candidate hold, from one pass over it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.views import CANDIDATE
from mesh_workbench.engine.session import quoted


@dataclass(frozen=True)
class ColumnProfile:
    """One column: how many values it has, about how many different ones, and between what they lie.

    `low` and `high` are known of numbers that are all finite; `longest` is the length of the longest text, `first` and
    `last` are the texts that stand first and last in order.
    """

    name: str
    type: ColumnType
    present: int
    distinct: int = 0
    low: int | float | None = None
    high: int | float | None = None
    longest: int = 0
    first: str = ""
    last: str = ""


UNDERRATED = 0.8
"""What an estimate of different values makes of all of them, at worst."""
_AT_ONCE = 16
"""Each list of different values takes some megabytes, however short it is."""
_COUNTED = ("integer", "string", "date", "timestamp", "timestamptz")


def profile_of(database: Database, columns: dict[str, ColumnType]) -> tuple[int, list[ColumnProfile]]:
    """The number of rows, and a profile of each column."""
    asked = ["count(*)"]
    for name, kind in columns.items():
        column, text = quoted(name), kind.name == "VARCHAR"
        asked += [
            f"count({column})",
            f"approx_count_distinct({column})" if kind.family in _COUNTED else "0",
            f"min({column})" if text or kind.is_number else "NULL",
            f"max({column})" if text or kind.is_number else "NULL",
            f"max(length({column}))" if text else "0",
        ]
    row = database.rows(f"SELECT {', '.join(asked)} FROM {CANDIDATE}")[0]  # noqa: S608 - quoted names
    return _int(row[0]), [
        _profile(name, kind, row[1 + 5 * index : 6 + 5 * index]) for index, (name, kind) in enumerate(columns.items())
    ]


def _profile(name: str, kind: ColumnType, seen: tuple[object, ...]) -> ColumnProfile:
    present, distinct, low, high, longest = seen
    return ColumnProfile(
        name=name,
        type=kind,
        present=_int(present),
        distinct=_int(distinct),
        low=_finite(low),
        high=_finite(high),
        longest=_int(longest),
        first=low if isinstance(low, str) else "",
        last=high if isinstance(high, str) else "",
    )


def distinct_values(database: Database, names: Sequence[str]) -> list[list[JsonValue]]:
    """The values of each column, sorted."""
    found: list[list[JsonValue]] = []
    for start in range(0, len(names), _AT_ONCE):
        asked = ", ".join(f"list_sort(list(DISTINCT {quoted(name)}))" for name in names[start : start + _AT_ONCE])
        row = database.rows(f"SELECT {asked} FROM {CANDIDATE}")[0]  # noqa: S608 - quoted names
        found += [[value for value in many if value is not None] if isinstance(many, list) else [] for many in row]
    return found


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _finite(value: object) -> int | float | None:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None
