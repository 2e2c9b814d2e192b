"""Values come from a closed list."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import one_of, quoted


class Enum:
    name = "enum"
    description = "Each value of the staged rows is in the list; null is not a value."
    example = "enum: [{value: EWR}, {value: JFK}]"

    def step(self, promise: Promise, shape: Shape) -> Step:
        values = promise.says if isinstance(promise.says, list) else []
        among, parameters = one_of(promise.column, shape.columns[promise.column], values)
        return Breaking(f"{quoted(promise.column)} IS NOT NULL AND NOT {among}", parameters, (promise.column,))
