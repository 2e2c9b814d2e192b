"""How measures are taken: which are read from footers, which share a pass, which go alone, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mesh_workbench.contracts import counterparts, keys
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.footers import Facts, facts_of
from mesh_workbench.contracts.measure import Answer, Breaking, Duplicates, Measure, Orphans, Rows, Unmatched

if TYPE_CHECKING:
    import pyarrow

_WORTH_GROUPING = 1_000_000
"""Rows below which one more statement costs more than it saves."""


@dataclass(frozen=True)
class Known:
    """Facts of the files, when there are files that can be believed: of the staged rows, and of the candidate's."""

    staged: Facts | None = None
    all: Facts | None = None

    @classmethod
    def of(cls, candidate: Candidate) -> Known:
        if candidate.table is not None:
            return cls()
        files = list(dict.fromkeys((*candidate.files, *candidate.staged)))
        staged = facts_of(candidate.staged, candidate.objects)
        return cls(staged, staged if set(files) == set(candidate.staged) else facts_of(files, candidate.objects))


@dataclass
class Stages:
    """Every measure once: `counted` are settled by footers (value by measure), `extremes` by the bounds in them."""

    counted: dict[Measure, int] = field(default_factory=dict)
    extremes: list[Breaking] = field(default_factory=list)
    distinct: dict[str, list[Breaking]] = field(default_factory=dict)
    together: list[Breaking] = field(default_factory=list)
    alone: list[Measure] = field(default_factory=list)


def arrange(measures: Iterable[Measure], known: Known) -> Stages:
    """The cheapest way for each measure that is safe."""
    stages = Stages()
    staged = known.staged
    for measure in dict.fromkeys(measures):
        if isinstance(measure, Rows) and known.all is not None:
            stages.counted[measure] = known.all.rows
        elif not isinstance(measure, Breaking):
            stages.alone.append(measure)
        elif staged is not None and measure.nulls and measure.nulls in staged.nulls:
            stages.counted[measure] = staged.nulls[measure.nulls]
        elif staged is not None and measure.between and set(measure.columns[:1]) & staged.extremes.keys():
            stages.extremes.append(measure)
        else:
            place_by_rows(stages, measure, staged)
    return stages


def place_by_rows(stages: Stages, measure: Breaking, staged: Facts | None) -> None:
    """Among those for which rows are read: each different value once, or every row."""
    column = measure.columns[0] if len(measure.columns) == 1 else ""
    if staged is not None and staged.rows >= _WORTH_GROUPING and column in staged.few:
        stages.distinct.setdefault(column, []).append(measure)
    else:
        stages.together.append(measure)


def extremes_table(facts: Facts, columns: Iterable[str]) -> pyarrow.Table:
    """Two rows with the least and the greatest value of each column; none of a column means null."""
    import pyarrow as pa

    found = {}
    for column in dict.fromkeys(columns):
        values = facts.extremes[column]
        found[column] = values if len(values) == 2 else pa.nulls(2, values.type)
    return pa.table(found)


def words_of_measure(database: Database, measure: Measure, known: Known, rows: int) -> str:
    """How a measure that goes alone is taken."""
    if isinstance(measure, Duplicates):
        return keys.words_of(database, keys.key_of(database, measure, known.all, rows)) + "; what repeats is counted"
    if isinstance(measure, Orphans):
        return counterparts.words_of(database, measure)
    if isinstance(measure, Unmatched):
        return "each different text once, in a process of its own, because the engine cannot run the pattern"
    return "its own query" if isinstance(measure, Answer) else "by counting"
