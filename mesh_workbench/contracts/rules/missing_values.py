"""Metric missingValues: rows without a value or with a stand-in for one."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import one_of, quoted


class MissingValues:
    name = "missing_values"
    description = "Counts the staged rows in which the column is null (always counted) or one of `missingValues`."
    example = "quality: [{metric: missingValues, arguments: {missingValues: ['', N/A]}, mustBe: 0}]"

    def step(self, promise: Promise, shape: Shape) -> Step:
        if not promise.columns:
            return Declined("missingValues stands at an object and names no column")
        arguments = (promise.quality.arguments if promise.quality else None) or {}
        values = arguments.get("missingValues")
        if values is not None and not isinstance(values, list):
            return Declined("its argument missingValues is not a list", refused=True)
        among, parameters = one_of(promise.column, shape.columns[promise.column], values or [])
        return Breaking(f"({quoted(promise.column)} IS NULL OR {among})", parameters, (promise.column,))
