"""The primary key identifies each row."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Duplicates, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class PrimaryKey:
    name = "primary_key"
    description = "The key columns together occur once in the whole candidate, and none of them is null."
    example = "primaryKey: true, primaryKeyPosition: 1"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        return Duplicates(promise.columns, nulls_break=True)
