"""Rows without counterpart: a map of the values on the other side where they are dense whole numbers, else a join."""

# ruff: noqa: S608 - identifiers are quoted
from __future__ import annotations

from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.measure import Orphans
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.contracts.views import CANDIDATE


def orphans(database: Database, measure: Orphans, others: tuple[str, ...] = ()) -> str:
    """FROM that leaves the rows of the candidate without counterpart, with the columns `others` beside the key.

    Only the columns that are needed are named on either side: a correlated NOT EXISTS would read all of them.
    """
    there = _there(database, measure)
    present = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in measure.columns)
    equal = " AND ".join(
        f"here.{quoted(mine)} = there.{quoted(other)}"
        for mine, other in zip(measure.columns, measure.foreign_columns, strict=True)
    )
    return (
        f"FROM (SELECT {_list((*measure.columns, *others))} FROM {CANDIDATE} WHERE {present}) AS here "
        f"ANTI JOIN (SELECT {_list(measure.foreign_columns)} FROM {there}) AS there ON {equal}"
    )


def count_orphans(database: Database, measure: Orphans) -> int:
    """How many rows have no counterpart. Raises duckdb.Error."""
    span = _span(database, measure)
    if span is not None:
        return _count_with_map(database, measure, *span)
    found = database.rows(f"SELECT count(*) {orphans(database, measure)}")[0][0]
    assert isinstance(found, int)
    return found


def words_of(database: Database, measure: Orphans) -> str:
    """What `count_orphans` does, in words."""
    return "a map of the other side's values" if _span(database, measure) else "one anti-join"


def _span(database: Database, measure: Orphans) -> tuple[int, int] | None:
    """Least and greatest value of the other side, when a map of all values between fits into memory."""
    if len(measure.columns) != 1:
        return None
    there, column = _there(database, measure), measure.foreign_columns[0]
    here_kind = database.columns.get(measure.columns[0])
    there_kind = database.describe(there).get(column)
    for kind in (here_kind, there_kind):
        if kind is None or kind.family != "integer" or kind.bits > 64 or (kind.bits == 64 and not kind.signed):
            return None
    low, high = database.rows(f"SELECT min({quoted(column)}), max({quoted(column)}) FROM {there}")[0]
    if not isinstance(low, int) or not isinstance(high, int) or high - low >= database.spare_bytes:
        return None
    return low, high


def _count_with_map(database: Database, measure: Orphans, low: int, high: int) -> int:
    import numpy as np

    there, other, mine = _there(database, measure), quoted(measure.foreign_columns[0]), quoted(measure.columns[0])
    known = np.zeros(high - low + 1, dtype=np.bool_)
    for batch in database.stream(f"SELECT CAST({other} AS BIGINT) - ({low}) FROM {there} WHERE {other} IS NOT NULL"):
        known[batch.column(0).to_numpy(zero_copy_only=False)] = True
    count = 0
    for batch in database.stream(f"SELECT CAST({mine} AS BIGINT) FROM {CANDIDATE} WHERE {mine} IS NOT NULL"):
        values = batch.column(0).to_numpy(zero_copy_only=False)
        inside = (values >= low) & (values <= high)
        count += len(values) - int(np.count_nonzero(known[values[inside] - low]))
    return count


def _there(database: Database, measure: Orphans) -> str:
    return database.foreign[measure.relation] if measure.relation else CANDIDATE


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, dict.fromkeys(names)))
