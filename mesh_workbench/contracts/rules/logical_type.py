"""A column is of the logical type that the contract gives it."""

from __future__ import annotations

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.measure import Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape

_FAMILIES: dict[str, tuple[str, ...]] = {
    "string": ("string",),
    "date": ("date",),
    "timestamp": ("timestamp", "timestamptz"),
    "time": ("time",),
    "number": ("integer", "decimal", "float"),
    "integer": ("integer",),
    "boolean": ("boolean",),
    "object": ("struct",),
    "array": ("list",),
    "map": ("map",),
    "vector": ("list",),
}


class LogicalType:
    name = "logical_type"
    description = "The column's type belongs to the logical type; values are not converted to find out."
    example = "logicalType: integer"

    def step(self, promise: Promise, shape: Shape) -> Step:
        wanted = str(promise.says)
        if wanted not in _FAMILIES:
            return Declined(f"{wanted!r} is not a logical type of ODCS ({', '.join(_FAMILIES)})")
        kind = shape.columns[promise.column]
        if kind.family == "null":
            return Known(True, kind.name, wanted, "The column holds nothing but nulls.")
        kept = kind.family in _FAMILIES[wanted] or self._also(wanted, kind, promise)
        return Known(kept, kind.name, wanted, "" if kept else f"{promise.column} is {kind.name}, not {wanted}.")

    @staticmethod
    def _also(wanted: str, kind: ColumnType, promise: Promise) -> bool:
        """Decimals without digits behind the point are whole numbers, and text may be promised to be binary."""
        if wanted == "integer":
            return kind.family == "decimal" and kind.scale == 0
        return wanted == "string" and kind.family == "blob" and promise.options.get("format") in ("binary", "byte")
