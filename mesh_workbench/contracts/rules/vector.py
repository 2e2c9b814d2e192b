"""Vectors have the promised dimensions and length."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.nestedtype import element_of
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted

_ELEMENTS = {"float32": "FLOAT", "float64": "DOUBLE", "int8": "TINYINT", "uint8": "UTINYINT"}


class Vector:
    name = "vector"
    description = (
        "Each vector has so many `dimensions`, elements of the type `elementType`, and is of length 1 (within one "
        "thousandth) when `normalized`. By which model it was made and how it is compared, data cannot show."
    )
    example = "logicalTypeOptions: {dimensions: 384, elementType: float32, normalized: true}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        option = promise.spec.path.rpartition(".")[2]
        kind, name = shape.columns[promise.column], quoted(promise.column)
        if option not in ("dimensions", "elementType", "normalized"):
            return Declined(f"{option} says how vectors are made or compared, which they do not show")
        if kind.family == "null":
            return Known(True, None, str(promise.says), "The column holds nothing but nulls.")
        element = element_of(kind)
        if element is None:
            return Declined(f"{promise.column} is {kind.name} and holds no vectors")
        if option == "elementType":
            wanted = _ELEMENTS.get(str(promise.says))
            if wanted is None:
                return Declined(f"tables have no elements of type {promise.says!r} to compare with")
            kept = element.name.upper() == wanted
            reason = "" if kept else f"The elements of {promise.column} are {element.name}, not {promise.says}."
            return Known(kept, element.name, str(promise.says), reason)
        if option == "dimensions":
            if isinstance(promise.says, bool) or not isinstance(promise.says, int) or promise.says < 1:
                return Declined(f"the dimensions {promise.says!r} are not a whole number above 0", refused=True)
            return Breaking(f"len({name}) <> ?", (promise.says,), (promise.column,))
        if not element.is_number:
            return Declined(f"{promise.column} is {kind.name}, and only numbers have a length")
        square = 'CAST("mesh item" AS DOUBLE) * CAST("mesh item" AS DOUBLE)'
        length = f'sqrt(list_sum(list_transform({name}, lambda "mesh item": {square})))'
        where = f"{name} IS NOT NULL AND NOT coalesce(abs({length} - 1) <= 0.001, FALSE)"
        return Breaking(where, (), (promise.column,))
