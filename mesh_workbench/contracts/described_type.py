"""The type of a column as ODCS says it, with its options and with all that is inside."""

from __future__ import annotations

from pydantic import JsonValue

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.nestedtype import element_of, fields_of, map_of

_LOGICAL = {
    "integer": "integer", "decimal": "number", "float": "number", "string": "string", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp", "timestamptz": "timestamp", "time": "time", "list": "array",
    "struct": "object", "map": "map", "blob": "string",
}  # fmt: skip


def described(kind: ColumnType) -> dict[str, JsonValue]:
    """Keys of a property that say its type; empty of a column of nothing but nulls.

    Whole numbers of more than 32 bits say so, because the standard takes those that say nothing for 32 bits.
    """
    if kind.family == "null":
        return {}
    logical = "integer" if kind.family == "decimal" and kind.scale == 0 else _LOGICAL.get(kind.family)
    if logical is None:
        return {"physicalType": kind.name}
    found: dict[str, JsonValue] = {"logicalType": logical}
    options = _options(kind)
    if options:
        found["logicalTypeOptions"] = options
    return found | _inside(kind)


def _options(kind: ColumnType) -> dict[str, JsonValue]:
    if kind.family == "integer":
        bits = kind.bits if kind.signed else 2 * kind.bits
        width = "u64" if bits == 128 and not kind.signed else f"i{bits}"
        return {"format": width} if 32 < bits <= 128 else {}
    if kind.family == "float":
        return {"format": f"f{kind.bits}"}
    if kind.family == "blob":
        return {"format": "binary"}
    if "TIME ZONE" in kind.name.upper():
        return {"timezone": True}
    return {"format": "uuid"} if kind.name.upper() == "UUID" else {}


def _inside(kind: ColumnType) -> dict[str, JsonValue]:
    element, fields, pair = element_of(kind), fields_of(kind), map_of(kind)
    if element:
        return {"items": dict(described(element))}
    if fields:
        return {"properties": [{"name": name, **described(one)} for name, one in fields.items()]}
    if pair:
        return {"map": {"key": dict(described(pair[0])), "value": dict(described(pair[1]))}}
    return {}
