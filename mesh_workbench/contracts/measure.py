"""What a rule can ask of the data. A rule says what to measure; only the evaluator knows how.

Rows measures look at staged rows, the others at the whole candidate (kept files and staged ones).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True)
class Breaking:
    """Staged rows for which the SQL condition `where` is true; `?` stand for `parameters`.

    It speaks of `columns` only, so that it can be asked of their distinct values alone. `nulls` names the column when
    these are exactly the rows in which it is null. `between` says that it holds for no value that lies between two for
    which it does not hold; never so of floats, because NaN lies nowhere.
    """

    where: str
    parameters: tuple[object, ...] = ()
    columns: tuple[str, ...] = ()
    nulls: str = ""
    between: bool = False

    def __post_init__(self) -> None:
        # Conditions share one statement: what others wrote must not spoil it for all.
        if not (isinstance(self.where, str) and isinstance(self.parameters, tuple) and isinstance(self.columns, tuple)):
            raise TypeError("a condition is a text, with tuples of parameters and of columns")


@dataclass(frozen=True)
class Rows:
    """How many rows the candidate has."""


@dataclass(frozen=True)
class Duplicates:
    """Distinct combinations of `columns` that occur more than once in the candidate.

    Rows in which one of them is null are left out, or each counted as breaking when `nulls_break`. With `whole_rows`
    all columns are compared, null being equal to null.
    """

    columns: tuple[str, ...]
    nulls_break: bool = False
    whole_rows: bool = False


@dataclass(frozen=True)
class Answer:
    """The one value that an already checked query over the candidate answers."""

    query: str
    words: str = ""
    """What an answer in seconds means; {} stands for it as a length of time."""


@dataclass(frozen=True)
class Unmatched:
    """Staged rows in the text of whose `column` the `pattern` is not found, or which `also` breaks.

    For regular expressions that the engine cannot run: each distinct value is tried in a separate process.
    """

    column: str
    pattern: str
    also: Breaking | None = None


@dataclass(frozen=True)
class Orphans:
    """Rows of the candidate of which `columns` (none of them null) are not found in the foreign `relation`."""

    columns: tuple[str, ...]
    relation: str
    foreign_columns: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Settled without looking at rows: kept or not, with what was seen and expected."""

    kept: bool
    observed: JsonValue = None
    expected: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Declined:
    """Not evaluated, because `reason`. `refused` when the contract itself is at fault: then it is an error."""

    reason: str
    refused: bool = False


Measure = Breaking | Rows | Duplicates | Answer | Unmatched | Orphans
Step = Measure | Known | Declined
