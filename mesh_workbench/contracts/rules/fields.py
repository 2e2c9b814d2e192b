"""Records have the fields that are promised."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.nestedtype import fields_of
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class Fields:
    name = "fields"
    description = (
        "Each record has at least `minProperties` and at most `maxProperties` fields that are not null, and none of "
        "the fields in `required` is absent or null."
    )
    example = "logicalTypeOptions: {minProperties: 1, required: [street]}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind, name = shape.columns[promise.column], quoted(promise.column)
        if kind.family == "null":
            return Known(True, None, str(promise.says), "The column holds nothing but nulls.")
        names = fields_of(kind)
        if names is None and kind.family != "map":
            return Declined(f"{promise.column} is {kind.name}, which has no fields")
        if promise.spec.path.endswith("required"):
            return _required(promise, name, None if names is None else list(names))
        if isinstance(promise.says, bool) or not isinstance(promise.says, int):
            return Declined(f"the number of fields {promise.says!r} is not a whole number", refused=True)
        present = " + ".join(f"CAST({name}[{_text(one)}] IS NOT NULL AS INTEGER)" for one in names or ())
        count = f"cardinality({name})" if names is None else f"({present or '0'})"
        breaks = "<" if promise.spec.path.endswith("minProperties") else ">"
        return Breaking(f"{name} IS NOT NULL AND {count} {breaks} ?", (promise.says,), (promise.column,))


def _required(promise: Promise, name: str, names: list[str] | None) -> Step:
    wanted = [str(one) for one in promise.says] if isinstance(promise.says, list) else [str(promise.says)]
    absent = [one for one in wanted if names is not None and one not in names]
    if absent:
        return Known(
            False, ", ".join(names or ()), f"fields {', '.join(wanted)}", f"{promise.column} has no field {absent[0]}."
        )
    if names is None:
        lacks = " OR ".join(f"NOT map_contains({name}, {_text(one)})" for one in wanted)
    else:
        lacks = " OR ".join(f"{name}[{_text(one)}] IS NULL" for one in wanted)
    return Breaking(f"{name} IS NOT NULL AND ({lacks})", (), (promise.column,))


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
