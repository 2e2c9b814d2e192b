"""Measures to numbers: which query answers which measure, as many as possible in one pass."""

# ruff: noqa: S608 - identifiers are quoted, values bound; conditions come from rules
from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from pydantic import JsonValue

from mesh_workbench.contracts import keys
from mesh_workbench.contracts.answer import answer, sentence
from mesh_workbench.contracts.counterparts import count_orphans
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.measure import Answer, Breaking, Duplicates, Measure, Orphans, Rows, Unmatched
from mesh_workbench.contracts.patterns import NotPossible, unmatched
from mesh_workbench.contracts.query import Refused
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.contracts.stages import Known, arrange, extremes_table, place_by_rows
from mesh_workbench.contracts.views import CANDIDATE, STAGED
from mesh_workbench.errors import MeshError

_MOST_DISTINCT, _MOST_LETTERS = 200_000, 50_000_000
"""Values, and bytes in them, that are handed to another process to try a pattern on: they are in memory there."""


@dataclass(frozen=True)
class Seen:
    """What a measure gave: the value to compare, how many rows were looked at and how many are behind the value."""

    value: JsonValue
    rows: int
    failing_rows: int | None = None
    note: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True)
class Unseen:
    """Why a measure gave nothing; an error unless the thing simply cannot be done."""

    reason: str
    error: bool = True
    duration_ms: float = 0.0


class Measuring:
    """Takes measures of one database. `staged_rows` and `rows` are known after `take`."""

    def __init__(self, database: Database, known: Known, *, timeout_s: float) -> None:
        self._database = database
        self._known = known
        self._timeout_s = timeout_s
        self.rows = 0
        self.staged_rows = 0

    def take(self, measures: Iterable[Measure]) -> dict[Measure, Seen | Unseen]:
        """Each different measure once, in the way that `arrange` found."""
        stages = arrange(measures, self._known)
        self.staged_rows = self._known.staged.rows if self._known.staged else self._count(STAGED)
        self.rows = self._known.all.rows if self._known.all else self._count(CANDIDATE)
        found: dict[Measure, Seen | Unseen] = {}
        for measure, value in stages.counted.items():
            nulls = isinstance(measure, Breaking)
            found[measure] = Seen(value, self.staged_rows, value) if nulls else Seen(value, self.rows)
        for bound, kept in self._within(stages.extremes).items():
            if kept:
                found[bound] = Seen(0, self.staged_rows, 0)
            else:
                place_by_rows(stages, bound, self._known.staged)
        for column, conditions in stages.distinct.items():
            found |= self._of_distinct(column, conditions)
        found |= self._pass(stages.together)
        for measure in stages.alone:
            found[measure] = self._alone(measure)
        return found

    def _count(self, relation: str) -> int:
        return _int(self._database.rows(f"SELECT count(*) FROM {relation}")[0][0])

    def _within(self, bounds: list[Breaking]) -> dict[Breaking, bool]:
        """For each condition whether neither the least nor the greatest value of its column meets it."""
        if not bounds or self._known.staged is None:
            return {}
        names = list(dict.fromkeys(bound.columns[0] for bound in bounds))
        shown = self._database.show("mesh extremes", extremes_table(self._known.staged, names))
        types = self._database.columns
        columns = ", ".join(f"CAST({quoted(name)} AS {types[name].name}) AS {quoted(name)}" for name in names)
        try:
            counts = self._counts(f"(SELECT {columns} FROM {shown})", bounds)
        except duckdb.Error:
            return dict.fromkeys(bounds, False)
        return {bound: count == 0 for bound, count in zip(bounds, counts, strict=True)}

    def _counts(self, relation: str, conditions: list[Breaking], weight: str = "count(*)") -> list[int]:
        """How many rows of `relation` meet each condition. Raises duckdb.Error."""
        asked = ", ".join(f"coalesce({weight} FILTER (WHERE {condition.where}), 0)" for condition in conditions)
        parameters = [value for condition in conditions for value in condition.parameters]
        return [_int(count) for count in self._database.rows(f"SELECT {asked} FROM {relation}", parameters)[0]]

    def _of_distinct(self, column: str, conditions: list[Breaking]) -> dict[Measure, Seen | Unseen]:
        """Conditions about a column of few values: each value is looked at once, and counts as often as it occurs."""
        weight = quoted("mesh n" if column.lower() != "mesh n" else "mesh times")
        each = f"(SELECT {quoted(column)}, count(*) AS {weight} FROM {STAGED} GROUP BY {quoted(column)})"
        return self._shared(each, conditions, f"sum({weight})")

    def _pass(self, conditions: list[Breaking]) -> dict[Measure, Seen | Unseen]:
        return self._shared(STAGED, conditions, "count(*)")

    def _shared(self, relation: str, conditions: list[Breaking], weight: str) -> dict[Measure, Seen | Unseen]:
        if not conditions:
            return {}
        started = time.perf_counter()
        try:
            counts = self._counts(relation, conditions, weight)
        except duckdb.Error:
            # One condition that cannot be evaluated must not take the others with it: each by itself.
            return {condition: self._alone(condition) for condition in conditions}
        share = _ms(started) / len(conditions)
        return {
            condition: Seen(count, self.staged_rows, count, duration_ms=share)
            for condition, count in zip(conditions, counts, strict=True)
        }

    def _alone(self, measure: Measure) -> Seen | Unseen:
        started = time.perf_counter()
        try:
            seen = self._see(measure)
        except duckdb.InterruptException:
            return Unseen(f"it did not come to an end within {self._timeout_s:g} seconds", duration_ms=_ms(started))
        except duckdb.Error as error:
            return Unseen(sentence(error), duration_ms=_ms(started))
        except Refused as refusal:
            return Unseen(str(refusal), duration_ms=_ms(started))
        except NotPossible as error:
            return Unseen(str(error), error=False, duration_ms=_ms(started))
        except MeshError:
            raise  # of the storage: nothing else can be measured either
        except Exception as error:  # noqa: BLE001  a measure of a plug-in that holds what it should not
            return Unseen(f"{type(error).__name__}: {error}", duration_ms=_ms(started))
        return Seen(seen.value, seen.rows, seen.failing_rows, seen.note, _ms(started))

    def _see(self, measure: Measure) -> Seen:
        if isinstance(measure, Rows):
            return Seen(self.rows, self.rows)
        if isinstance(measure, Duplicates):
            return self._duplicates(measure)
        if isinstance(measure, Orphans):
            count = count_orphans(self._database, measure)
            return Seen(count, self.rows, count)
        if isinstance(measure, Unmatched):
            return self._unmatched(measure)
        if isinstance(measure, Answer):
            return self._answer(measure)
        query = f"SELECT count(*) FROM {STAGED} WHERE {measure.where}"
        count = _int(self._database.rows(query, measure.parameters)[0][0])
        return Seen(count, self.staged_rows, count)

    def _duplicates(self, measure: Duplicates) -> Seen:
        columns = [quoted(name) for name in measure.columns] or [quoted(name) for name in self._database.columns]
        nulls = " OR ".join(f"{column} IS NULL" for column in columns)
        kept = "TRUE" if measure.whole_rows else f"NOT ({nulls})"
        key = keys.key_of(self._database, measure, self._known.all, self.rows)
        empty = 0
        if measure.nulls_break and key.kept != "TRUE":
            empty = _int(self._database.rows(f"SELECT count(*) FROM {CANDIDATE} WHERE {nulls}")[0][0])
        if not empty and keys.is_unique(self._database, key):
            return Seen(0, self.rows, 0)
        query = f"""SELECT count(*), coalesce(sum("mesh n"), 0)
            FROM (SELECT count(*) AS "mesh n" FROM {CANDIDATE} WHERE {kept}
                  GROUP BY {", ".join(columns)} HAVING count(*) > 1)"""
        values, rows = (_int(value) for value in self._database.rows(query)[0])
        notes = []
        if values:
            verb = "occurs" if values == 1 else "occur"
            what = "combination" if len(columns) > 1 else "value"
            notes.append(
                f"{values:,} {what}{'' if values == 1 else 's'} {verb} more than once, in {rows:,} rows "
                f"({rows - values:,} more than there should be)"
            )
        if empty:
            notes.append(f"{empty:,} rows without a part of the key")
        return Seen(values + empty, self.rows, rows + empty, "; ".join(notes))

    def _unmatched(self, measure: Unmatched) -> Seen:
        text, present = f"CAST({quoted(measure.column)} AS VARCHAR)", f"{quoted(measure.column)} IS NOT NULL"
        each = f"(SELECT DISTINCT {text} AS text FROM {STAGED} WHERE {present})"
        values, letters = map(
            _int, self._database.rows(f"SELECT count(*), coalesce(sum(strlen(text)), 0) FROM {each}")[0]
        )
        if values > _MOST_DISTINCT or letters > _MOST_LETTERS:
            raise NotPossible(
                f"the pattern {measure.pattern!r} needs look-around or back references, and there are {values:,} "
                f"distinct values of {letters:,} bytes to try it on ({_MOST_DISTINCT:,} and {_MOST_LETTERS:,} at most)"
            )
        also = f"count(*) FILTER (WHERE {measure.also.where})" if measure.also else "0"
        found = self._database.rows(
            f"SELECT {text}, count(*), {also} FROM {STAGED} WHERE {present} GROUP BY 1",
            measure.also.parameters if measure.also else (),
        )
        misses = unmatched(measure.pattern, [str(row[0]) for row in found], timeout_s=self._timeout_s)
        count = sum(_int(row[1]) if miss else _int(row[2]) for row, miss in zip(found, misses, strict=True))
        return Seen(count, self.staged_rows, count)

    def _answer(self, measure: Answer) -> Seen:
        value = answer(self._database, measure.query, timeout_s=self._timeout_s)
        return Seen(value, self.rows, note="the query answers nothing (null)" if value is None else "")


def _int(value: object) -> int:
    assert isinstance(value, int | Decimal)
    return int(value)


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
