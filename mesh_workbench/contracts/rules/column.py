"""The data has the column that the contract speaks of."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.errors import did_you_mean


class Column:
    name = "column"
    description = "The data has a column of this name; all else about a column that is absent is not evaluated."
    example = "properties: [{name: carrier}]"

    def step(self, promise: Promise, shape: Shape) -> Step:
        if promise.column in shape.columns:
            return Known(True, promise.column, "present")
        hint = did_you_mean(promise.column, shape.columns)
        return Known(False, None, "present", f"There is no column {promise.column}. {hint}")
