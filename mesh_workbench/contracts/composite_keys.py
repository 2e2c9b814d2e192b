"""Two or three columns that identify a row together, looked for where no single column does.

- Only columns that may well be parts of a key are combined: never empty, no floats, no long texts, no constants, none
  that may be unique by itself. Of more than twelve, those that are named like a part of a key.
- Where columns of so many different values would hardly repeat by chance, that they do not repeat says nothing. Only
  combinations of which chance would have made several pairs of rows alike are looked at.
- Repetitions in the first rows rule most of these out; a few are looked at in full.
"""

# ruff: noqa: S608 - identifiers are quoted
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.contracts import keys
from mesh_workbench.contracts.column_names import is_named_like_a_part
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.measure import Duplicates
from mesh_workbench.contracts.profile import UNDERRATED, ColumnProfile
from mesh_workbench.contracts.views import CANDIDATE
from mesh_workbench.engine.session import quoted

if TYPE_CHECKING:
    import polars

LONGEST_PART = 60
"""Characters above which a text tells something and names nothing."""
LEAST_ALIKE = 10.0
"""Pairs of rows that chance would have made alike, so that having none is no chance (after some 300 combinations)."""
_A_MEASURE = 2
_MOST_PARTS = 12
_MOST_COUNTED = 4
_FIRST_ROWS = (1_000, 100_000)


@dataclass(frozen=True)
class CompositeKey:
    """Columns that no two rows have alike, where chance would have made `alike` pairs of rows so."""

    columns: tuple[str, ...]
    alike: float


def composite_key(database: Database, profiles: Sequence[ColumnProfile], rows: int) -> CompositeKey | None:
    """The smallest and most key-like combination that identifies every row; None when nothing shows one.

    At most sixteen combinations are looked at in full. Raises duckdb.Error.
    """
    parts = _parts(profiles, rows)
    first: polars.DataFrame | None = None
    # The number of measures goes first: two dimensions and a measure are less of a key than three dimensions.
    for measures, size in ((0, 2), (0, 3), (1, 2), (1, 3)):
        possible = dict(_possible(parts, size, measures, rows))
        if possible and first is None:
            first = _first_rows(database, [one.name for one in parts])
        left = [names for names in possible if first is not None and not _repeats(first, names)]
        for names in left[:_MOST_COUNTED]:
            if keys.is_unique(database, keys.key_of(database, Duplicates(names), None, rows)):
                return CompositeKey(names, possible[names])
        if len(left) > _MOST_COUNTED:
            return None  # one of these may be the key, and then three columns are too many
    return None


def _parts(profiles: Sequence[ColumnProfile], rows: int) -> list[ColumnProfile]:
    """Those that may be part of a key, in their order; the most key-like when they are many."""
    possible = [
        (_likeness(one), position, one)
        for position, one in enumerate(profiles)
        if one.present == rows
        and 1 < one.distinct < UNDERRATED * rows
        and one.type.family in ("integer", "string", "date", "timestamp", "timestamptz")
        and one.longest <= LONGEST_PART
    ]
    chosen = sorted(possible, key=lambda one: one[:2])[:_MOST_PARTS]
    return [one for _, _, one in sorted(chosen, key=lambda one: one[1])]


def _likeness(one: ColumnProfile) -> int:
    """Lower is more like a part of a key; the last are whole numbers that may as well measure something."""
    if is_named_like_a_part(one.name) or one.type.is_time:
        return 0
    return 1 if one.type.family == "string" else _A_MEASURE


def _possible(
    parts: list[ColumnProfile], size: int, measures: int, rows: int
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Combinations that may identify rows and would not by chance, the most key-like first, with `_alike` of each."""
    for chosen in sorted(itertools.combinations(parts, size), key=lambda many: sum(map(_likeness, many))):
        most = [one.distinct / UNDERRATED for one in chosen]
        alike = _alike(most, rows)
        if (
            math.prod(most) >= rows
            and alike >= LEAST_ALIKE
            and [_likeness(one) for one in chosen].count(_A_MEASURE) == measures
        ):
            yield tuple(one.name for one in chosen), alike


def _alike(distinct: Sequence[float], rows: int) -> float:
    """How many pairs of rows would have the same values if the columns had nothing to do with each other, at least.

    Two rows agree in a column least often when each of its values is in equally many rows.
    """
    agree = math.prod(max(rows / count - 1, 0.0) / (rows - 1) for count in distinct)
    return rows * (rows - 1) / 2 * agree


def _first_rows(database: Database, names: list[str]) -> polars.DataFrame:
    """The first rows, each value as a number that tells it from others."""
    import polars as pl

    asked = ", ".join(f"hash({quoted(name)}) AS {quoted(f'{index}')}" for index, name in enumerate(names))
    batches = list(database.stream(f"SELECT {asked} FROM {CANDIDATE} LIMIT {_FIRST_ROWS[-1]}"))
    frames = [pl.DataFrame(pl.from_arrow(batch)) for batch in batches]
    return pl.concat(frames).rename({str(index): name for index, name in enumerate(names)})


def _repeats(first: polars.DataFrame, names: Sequence[str]) -> bool:
    return any(bool(first.head(count).select(names).is_duplicated().any()) for count in _FIRST_ROWS)
