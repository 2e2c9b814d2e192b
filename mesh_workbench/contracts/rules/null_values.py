"""Metric nullValues: rows without a value."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class NullValues:
    name = "null_values"
    description = "Counts the staged rows in which the column is null."
    example = "quality: [{metric: nullValues, mustBe: 0}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        if not promise.columns:
            return Declined("nullValues stands at an object and names no column")
        return Breaking(f"{quoted(promise.column)} IS NULL", (), (promise.column,), nulls=promise.column)
