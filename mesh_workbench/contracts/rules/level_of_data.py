"""Service levels that the data shows: freshness, latency and retention."""

# ruff: noqa: S608 - identifiers are quoted, and the moment is written by us
from __future__ import annotations

from datetime import UTC, datetime

from mesh_workbench.contracts.measure import Answer, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.query import RELATION
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.errors import did_you_mean


class LevelOfData:
    """The age of the newest or the oldest value of a column."""

    def __init__(self, level: str, end: str, description: str, example: str) -> None:
        self.name = f"sla.{level}"
        self._end = end
        self.description = description
        self.example = example

    def step(self, promise: Promise, shape: Shape) -> Step:
        if promise.limit.problem:
            return Declined(promise.limit.problem, refused=True)
        if not promise.columns:
            return Declined("it names no element (object.column) whose values could be compared with the clock")
        column = _column(promise, shape)
        if column not in shape.columns:
            return Declined(f"there is no column {column}; {did_you_mean(column, shape.columns)}", refused=True)
        family = shape.columns[column].family
        if family not in ("date", "timestamp", "timestamptz"):
            return Declined(f"{column} is {shape.columns[column].name} and holds no dates or points in time")
        now = (shape.facts.now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None).isoformat()
        value = f"{self._end}({quoted(column)})"
        if family == "timestamptz":
            value = f"timezone('UTC', {value})"
        elif family == "date":  # a day is over at its end
            value = f"CAST({value} AS TIMESTAMP) + INTERVAL 1 DAY"
        age = f"date_diff('second', {value}, CAST('{now}' AS TIMESTAMP))"
        which = "newest" if self._end == "max" else "oldest"
        return Answer(f"SELECT greatest({age}, 0) FROM {quoted(RELATION)}", f"The {which} {column} is {{}} old")


def _column(promise: Promise, shape: Shape) -> str:
    name = promise.columns[0]
    if name in shape.columns or promise.table is None:
        return name
    return next((item.physical_name or name for item in promise.table.properties if item.name == name), name)


LEVELS_OF_DATA = (
    LevelOfData(
        "freshness",
        "max",
        "The newest value of the element is no older than that when the data is checked. A date counts from its end.",
        "slaProperties: [{property: freshness, value: P1D, element: flights.at}]",
    ),
    LevelOfData(
        "latency",
        "max",
        "As freshness: from the newest value of the element to the moment of the check.",
        "slaProperties: [{property: latency, value: 4, unit: h, element: flights.at}]",
    ),
    LevelOfData(
        "retention",
        "min",
        "The oldest value of the element is no older than that.",
        "slaProperties: [{property: retention, value: P3Y, element: flights.at}]",
    ),
)
