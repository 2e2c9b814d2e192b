"""Texts are neither too short nor too long."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted, text_of


class Lengths:
    name = "lengths"
    description = "Each text has that many characters (Unicode code points, bytes of binary columns); null has none."
    example = "logicalTypeOptions: {minLength: 2, maxLength: 3}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind = shape.columns[promise.column]
        if isinstance(promise.says, bool) or not isinstance(promise.says, int):
            return Declined(f"the length {promise.says!r} is not a whole number", refused=True)
        breaks = "<" if promise.spec.path.endswith("minLength") else ">"
        binary = kind.family == "blob"
        length = f"octet_length({quoted(promise.column)})" if binary else f"length({text_of(promise.column, kind)})"
        return Breaking(f"{length} {breaks} ?", (promise.says,), (promise.column,))
