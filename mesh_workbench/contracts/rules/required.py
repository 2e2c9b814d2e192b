"""A required column has no nulls."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class Required:
    name = "required"
    description = "No staged row has null in the column. NaN and the empty text are values."
    example = "required: true"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        return Breaking(f"{quoted(promise.column)} IS NULL", (), (promise.column,), nulls=promise.column)
