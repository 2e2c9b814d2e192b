"""Arrow schemas of releases, as they are kept and as DuckDB calls them."""

from __future__ import annotations

import base64
import functools
from typing import TYPE_CHECKING

import duckdb
import pyarrow

if TYPE_CHECKING:
    from mesh_workbench.model.query import ResolvedPort


@functools.lru_cache(maxsize=256)
def decode_schema(text: str) -> pyarrow.Schema:
    """The schema in `text` (IPC-serialised, base64)."""
    return pyarrow.ipc.read_schema(pyarrow.BufferReader(base64.b64decode(text)))


def encode_schema(schema: pyarrow.Schema) -> str:
    """`schema` as text, the way the model carries it."""
    return base64.b64encode(schema.serialize().to_pybytes()).decode("ascii")


def schema_of(port: ResolvedPort) -> pyarrow.Schema:
    """What the rows of `port` look like."""
    return decode_schema(port.arrow_schema)


def duckdb_types(connection: duckdb.DuckDBPyConnection, schema: pyarrow.Schema) -> dict[str, str]:
    """DuckDB's type of each column of `schema`."""
    relation = connection.from_arrow(schema.empty_table())
    return {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}


def type_names(schema: pyarrow.Schema) -> list[str]:
    """What DuckDB calls the types of the columns, in words that people of SQL know."""
    return [_type_name(field.type) for field in schema]


def _type_name(kind: pyarrow.DataType) -> str:
    types = pyarrow.types
    if types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    if types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return f"{_type_name(kind.value_type)}[]"
    if types.is_struct(kind):
        return f"STRUCT({', '.join(f'{field.name} {_type_name(field.type)}' for field in kind)})"
    if types.is_map(kind):
        return f"MAP({_type_name(kind.key_type)}, {_type_name(kind.item_type)})"
    if types.is_dictionary(kind):
        return "ENUM"
    return _NAMES.get(str(kind), str(kind).upper())


_NAMES = {
    "string": "VARCHAR",
    "large_string": "VARCHAR",
    "string_view": "VARCHAR",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "time64[us]": "TIME",
    "binary": "BLOB",
    "large_binary": "BLOB",
    "binary_view": "BLOB",
    "month_day_nano_interval": "INTERVAL",
    "null": "NULL",
}
