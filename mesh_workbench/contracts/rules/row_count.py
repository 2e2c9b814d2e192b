"""Metric rowCount: how many rows there are."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Rows, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class RowCount:
    name = "row_count"
    description = "Counts the rows of the candidate: all rows that the port would hold after publishing."
    example = "quality: [{metric: rowCount, mustBeGreaterThan: 0}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        if promise.limit.percent:
            return Declined("a row count in percent has nothing to be a part of", refused=True)
        return Rows()
