"""Which columns identify a row, as far as the data shows: one column, else a few together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mesh_workbench.contracts import keys
from mesh_workbench.contracts.column_names import is_named_like_a_key
from mesh_workbench.contracts.composite_keys import LEAST_ALIKE, LONGEST_PART, composite_key
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.evidence import FEWEST, chance, counted
from mesh_workbench.contracts.measure import Duplicates
from mesh_workbench.contracts.profile import UNDERRATED, ColumnProfile
from mesh_workbench.contracts.wording import listed

_MOST_COUNTED = 6


@dataclass(frozen=True)
class FoundKeys:
    """`primary` are the columns of the key in their order, with evidence and confidence; none when nothing shows one.

    `sure` when a break of it may hold a release back. `unique` are other columns that repeat no value.
    """

    primary: tuple[str, ...] = ()
    evidence: str = ""
    confidence: float = 0.0
    sure: bool = False
    unique: list[str] = field(default_factory=list)


def find_keys(database: Database, profiles: Sequence[ColumnProfile], rows: int) -> FoundKeys:
    """The key of the rows, and other unique columns.

    A single column is a key when it repeats no value, and is named like a key or stands first. Raises duckdb.Error.
    """
    possible = [
        (not is_named_like_a_key(one.name), position, one)
        for position, one in enumerate(profiles)
        if _may_be_unique(one) and (is_named_like_a_key(one.name) or (position == 0 and _would_repeat(one)))
    ]
    unique = [
        one
        for _, _, one in sorted(possible, key=lambda one: one[:2])[:_MOST_COUNTED]
        if keys.is_unique(database, keys.key_of(database, Duplicates((one.name,)), None, rows))
    ]
    key = next((one for one in unique if one.present == rows), None)
    others = [one.name for one in unique if one is not key and one.present >= FEWEST]
    if key:
        sure = rows >= FEWEST and is_named_like_a_key(key.name)
        told = f"every one of {counted(rows, 'row')} has another value"
        return FoundKeys((key.name,), told, chance(rows), sure, others)
    composite = composite_key(database, profiles, rows)
    if composite is None:
        return FoundKeys(unique=others)
    told = (
        f"no two of {counted(rows, 'row')} have the same {listed(composite.columns)}; "
        f"by chance more than {composite.alike:,.0f} pairs of rows would"
    )
    return FoundKeys(composite.columns, told, chance(rows), unique=others)


def _may_be_unique(one: ColumnProfile) -> bool:
    return (
        one.present >= 2  # a single row is always unique, and says nothing
        and one.distinct >= UNDERRATED * one.present
        and one.type.family in ("integer", "string", "date", "timestamp", "timestamptz")
        and one.longest <= LONGEST_PART
    )


def _would_repeat(one: ColumnProfile) -> bool:
    """Whether values from so small a range, or so many of them, would repeat if they were no key."""
    if one.type.family == "integer" and isinstance(one.low, int) and isinstance(one.high, int):
        return one.present * (one.present - 1) / 2 / (one.high - one.low + 1) >= LEAST_ALIKE
    return one.present >= FEWEST
