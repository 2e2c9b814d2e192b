"""The types of columns as the engine names them, sorted by what rules need to know."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INTEGERS = {
    "TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128,
}  # fmt: skip
_UNSIGNED = {"UTINYINT": 8, "USMALLINT": 16, "UINTEGER": 32, "UBIGINT": 64, "UHUGEINT": 128}


@dataclass(frozen=True)
class ColumnType:
    """A type by its family, with width in bits (numbers) or precision and scale (decimals)."""

    name: str
    family: str
    bits: int = 0
    signed: bool = True
    scale: int = 0

    @property
    def is_number(self) -> bool:
        return self.family in ("integer", "decimal", "float")

    @property
    def is_time(self) -> bool:
        return self.family in ("date", "timestamp", "timestamptz", "time")


def type_of(name: str) -> ColumnType:
    """The sorted form of an engine type such as `DECIMAL(10,2)` or `VARCHAR[]`.

    `bits` of a decimal is its precision in digits.
    """
    upper = name.upper()
    if upper.endswith("]"):
        return ColumnType(name, "list")
    if upper in _INTEGERS:
        return ColumnType(name, "integer", _INTEGERS[upper])
    if upper in _UNSIGNED:
        return ColumnType(name, "integer", _UNSIGNED[upper], signed=False)
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", upper)
    if decimal:
        return ColumnType(name, "decimal", int(decimal[1]), scale=int(decimal[2]))
    if upper in ("FLOAT", "DOUBLE"):
        return ColumnType(name, "float", 32 if upper == "FLOAT" else 64)
    if upper.startswith(("VARCHAR", "ENUM", "UUID")):
        return ColumnType(name, "string")
    if upper.startswith(("STRUCT", "JSON", "VARIANT")):
        return ColumnType(name, "struct")
    if upper.startswith("MAP"):
        return ColumnType(name, "map")
    if upper.startswith("TIMESTAMP"):
        zoned = "TIME ZONE" in upper or upper.startswith("TIMESTAMPTZ")
        return ColumnType(name, "timestamptz" if zoned else "timestamp")
    if upper.startswith("TIME"):
        return ColumnType(name, "time")
    simple = {"BOOLEAN": "boolean", "DATE": "date", "BLOB": "blob", '"NULL"': "null", "NULL": "null"}
    return ColumnType(name, simple.get(upper, "other"))
