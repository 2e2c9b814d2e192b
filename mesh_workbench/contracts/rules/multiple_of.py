"""Numbers are multiples of a step."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class MultipleOf:
    name = "multiple_of"
    description = "Each number is a multiple of the step, floats within one billionth of it; null is not a number."
    example = "logicalTypeOptions: {multipleOf: 0.25}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        step, kind = promise.says, shape.columns[promise.column]
        if isinstance(step, bool) or not isinstance(step, int | float) or step <= 0:
            return Declined(f"the step {step!r} is not a number above 0", refused=True)
        if not kind.is_number:
            return Declined(f"{promise.column} is {kind.name}, and only numbers are multiples")
        name = quoted(promise.column)
        if isinstance(step, int) and kind.family != "float":
            return Breaking(f"{name} % ? <> 0", (step,), (promise.column,))
        steps = f"CAST({name} AS DOUBLE) / ?"
        where = f"(NOT isfinite(CAST({name} AS DOUBLE)) OR abs({steps} - round({steps})) > 1e-9)"
        return Breaking(where, (step, step), (promise.column,))
