"""Arrow schemas of releases, as they are kept and as DuckDB calls their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow

from mesh_workbench.engine.arrow_text import decode_schema

if TYPE_CHECKING:
    from mesh_workbench.model.query import ResolvedPort


def schema_of(port: ResolvedPort) -> pyarrow.Schema:
    """What the rows of `port` look like."""
    return decode_schema(port.arrow_schema)


def type_names(schema: pyarrow.Schema) -> list[str]:
    """DuckDB's types of the columns, for people and for CAST."""
    return [_type_name(field.type) for field in schema]


def _type_name(kind: pyarrow.DataType) -> str:
    types = pyarrow.types
    if types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else _TIMESTAMPS[kind.unit]
    if types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if types.is_list(kind) or types.is_large_list(kind):
        return f"{_type_name(kind.value_type)}[]"
    if types.is_fixed_size_list(kind):
        return f"{_type_name(kind.value_type)}[{kind.list_size}]"
    if types.is_struct(kind):
        return f"STRUCT({', '.join(f'{_quoted(field.name)} {_type_name(field.type)}' for field in kind)})"
    if types.is_map(kind):
        return f"MAP({_type_name(kind.key_type)}, {_type_name(kind.item_type)})"
    if types.is_dictionary(kind):
        return _type_name(kind.value_type)
    return _NAMES.get(str(kind), "VARCHAR")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_TIMESTAMPS = {"s": "TIMESTAMP_S", "ms": "TIMESTAMP_MS", "us": "TIMESTAMP", "ns": "TIMESTAMP_NS"}

_NAMES = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "halffloat": "FLOAT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "date64[ms]": "DATE",
    "time32[s]": "TIME",
    "time32[ms]": "TIME",
    "time64[us]": "TIME",
    "time64[ns]": "TIME_NS",
    "binary": "BLOB",
    "large_binary": "BLOB",
    "binary_view": "BLOB",
    "month_day_nano_interval": "INTERVAL",
    "null": '"NULL"',
}
"""Every other kind of Arrow type is text."""
