"""Dates and times are written in the pattern that the contract gives."""

from __future__ import annotations

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.javatime import JavaPattern, NotAPattern, read
from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class TimeFormat:
    name = "time_format"
    description = (
        "Java's pattern of a date, time or timestamp: texts are written so and name a day that exists. A column of a "
        "real date or time type can be written in any form, as long as the pattern asks for nothing that it lacks."
    )
    example = "logicalTypeOptions: {format: yyyy-MM-dd}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind, says = shape.columns[promise.column], promise.says
        try:
            pattern = read(says) if isinstance(says, str) else None
        except NotAPattern as error:
            return Declined(f"{says!r} is not a pattern of Java's DateTimeFormatter: {error}", refused=True)
        if pattern is None:
            return Declined(f"the format {says!r} is not text", refused=True)
        if kind.family == "null":
            return Known(True, None, str(says), "The column holds nothing but nulls.")
        if kind.is_time:
            return _typed(promise, kind, pattern)
        if kind.family != "string":
            return Declined(f"{promise.column} is {kind.name}, which is not written as a date or time")
        name = quoted(promise.column)
        broken = f"NOT regexp_matches({name}, ?)"
        parameters: tuple[object, ...] = (pattern.regex,)
        if pattern.day and pattern.date:
            broken += f" OR try_strptime({name}, [{', '.join('?' for _ in pattern.day)}]) IS NULL"
            parameters += pattern.day
        return Breaking(f"{name} IS NOT NULL AND ({broken})", parameters, (promise.column,))


def _typed(promise: Promise, kind: ColumnType, pattern: JavaPattern) -> Known:
    lacks = [
        what
        for what, asked, held in (
            ("date", pattern.date, kind.family != "time"),
            ("time of day", pattern.time, kind.family != "date"),
            ("zone", pattern.zone, kind.family == "timestamptz" or bool(promise.options.get("defaultTimezone"))),
        )
        if asked and not held
    ]
    reason = f"{promise.column} is {kind.name} and has no {' and no '.join(lacks)}." if lacks else ""
    return Known(not lacks, kind.name, str(promise.says), reason)
