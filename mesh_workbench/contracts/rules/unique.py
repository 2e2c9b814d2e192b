"""No value of a unique column occurs twice."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Duplicates, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class Unique:
    name = "unique"
    description = "No value occurs twice in the whole candidate; nulls do not count."
    example = "unique: true"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        return Duplicates(promise.columns)
