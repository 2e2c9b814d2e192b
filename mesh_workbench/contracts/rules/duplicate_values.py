"""Metric duplicateValues: values that occur more than once."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Duplicates, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class DuplicateValues:
    name = "duplicate_values"
    description = (
        "Counts the distinct values (of one column, or of `properties` together) that occur more than once in the "
        "candidate; null is never a duplicate. The result also tells how many rows hold them. At an object without "
        "`properties` whole rows are compared. Percent: that count over all rows."
    )
    example = "quality: [{metric: duplicateValues, arguments: {properties: [tailnum, day]}, mustBe: 0}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        return Duplicates(promise.columns, whole_rows=not promise.columns)
