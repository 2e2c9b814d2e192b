"""Lists have as many items as promised, and none of them twice."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class Items:
    name = "items"
    description = (
        "Each list has at least `minItems` and at most `maxItems` items, nulls included; with `uniqueItems` no item "
        "occurs twice in it, nulls apart. A null is no list."
    )
    example = "logicalTypeOptions: {minItems: 1, uniqueItems: true}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind, name = shape.columns[promise.column], quoted(promise.column)
        if kind.family == "null":
            return Known(True, None, str(promise.says), "The column holds nothing but nulls.")
        if kind.family != "list":
            return Declined(f"{promise.column} is {kind.name}, which has no items")
        if promise.spec.path.endswith("uniqueItems"):
            present = f'len(list_filter({name}, lambda "mesh item": "mesh item" IS NOT NULL))'
            return Breaking(f"len(list_distinct({name})) < {present}", (), (promise.column,))
        if isinstance(promise.says, bool) or not isinstance(promise.says, int):
            return Declined(f"the number of items {promise.says!r} is not a whole number", refused=True)
        breaks = "<" if promise.spec.path.endswith("minItems") else ">"
        return Breaking(f"len({name}) {breaks} ?", (promise.says,), (promise.column,))
