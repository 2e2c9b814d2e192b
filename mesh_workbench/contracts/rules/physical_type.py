"""The values of a column fit into the physical type that the contract names."""

from __future__ import annotations

import re

from mesh_workbench.contracts.columntype import ColumnType, type_of
from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import text_of

_TEXT = re.compile(r"(var|n|nvar)?char(acter)?( varying)?\s*(\(\s*(\d+)\s*\))?|string|text", re.IGNORECASE)
_SYNONYMS = {
    "INT": "INTEGER", "INT4": "INTEGER", "INT32": "INTEGER", "LONG": "BIGINT", "INT8": "BIGINT", "INT64": "BIGINT",
    "SHORT": "SMALLINT", "INT2": "SMALLINT", "INT16": "SMALLINT", "BYTE": "TINYINT", "BOOL": "BOOLEAN",
    "REAL": "FLOAT", "FLOAT4": "FLOAT", "FLOAT32": "FLOAT", "FLOAT64": "DOUBLE", "FLOAT8": "DOUBLE",
    "DOUBLE PRECISION": "DOUBLE", "BYTES": "BLOB", "BINARY": "BLOB", "BYTEA": "BLOB", "DATETIME": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NTZ": "TIMESTAMP",
}  # fmt: skip


class PhysicalType:
    name = "physical_type"
    description = (
        "Every value that the column's type allows fits into the named SQL type; with varchar(n), the texts are "
        "measured. Types of other systems that have no plain SQL meaning are not evaluated."
    )
    example = "physicalType: varchar(18)"

    def step(self, promise: Promise, shape: Shape) -> Step:
        wanted = str(promise.says).strip()
        found = shape.columns[promise.column]
        if found.family == "null":
            return Known(True, found.name, wanted, "The column holds nothing but nulls.")
        text = _TEXT.fullmatch(wanted)
        if text:
            length = int(text[5]) if text[5] else None
            if found.family != "string":
                return Known(False, found.name, wanted, f"{promise.column} is {found.name}, not {wanted}.")
            if length is None:
                return Known(True, found.name, wanted)
            return Breaking(f"length({text_of(promise.column, found)}) > ?", (length,), (promise.column,))
        kind = _kind(wanted)
        if kind.family in ("other", "list", "struct", "map", "null"):
            same = kind.name == found.name.upper()
            return Known(True, found.name, wanted) if same else Declined(
                f"{wanted!r} has no meaning for a column of type {found.name} that could be compared"
            )  # fmt: skip
        kept = _fits(found, kind)
        reason = "" if kept else f"{promise.column} is {found.name}, which does not fit into {wanted}."
        return Known(kept, found.name, wanted, reason)


def fits_into(narrow: str, wide: str) -> bool:
    """Whether every value of the SQL type `narrow` fits into `wide`; False where that cannot be told."""
    texts = [_TEXT.fullmatch(name.strip()) for name in (narrow, wide)]
    if texts[0] and texts[1]:
        return not texts[1][5] or bool(texts[0][5] and int(texts[0][5]) <= int(texts[1][5]))
    kinds = [_kind(name) for name in (narrow, wide)]
    if any(kind.family in ("other", "list", "struct", "map", "null", "string") for kind in kinds):
        return False
    return _fits(kinds[0], kinds[1])


def _kind(name: str) -> ColumnType:
    upper = re.sub(r"\s+", " ", name.strip().upper())
    upper = re.sub(r"^(NUMERIC|NUMBER|DECIMAL)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$", _decimal, upper)
    return type_of(_SYNONYMS.get(upper, upper))


def _decimal(match: re.Match[str]) -> str:
    return f"DECIMAL({match[2]},{match[3] or 0})"


def _fits(found: ColumnType, into: ColumnType) -> bool:
    if into.family == "integer":
        if found.family != "integer" or (into.signed is False and found.signed):
            return False
        return found.bits < into.bits or (found.bits == into.bits and found.signed == into.signed)
    if into.family == "decimal":
        if found.family == "integer":
            digits = len(str(2 ** (found.bits - (1 if found.signed else 0))))
            return into.bits - into.scale >= digits
        return found.family == "decimal" and found.scale <= into.scale and (
            found.bits - found.scale <= into.bits - into.scale
        )  # fmt: skip
    if into.family == "float":
        # Whole numbers that a float holds exactly fit into it.
        exact = 24 if into.bits == 32 else 53
        return (found.family == "float" and found.bits <= into.bits) or (
            found.family == "integer" and found.bits <= exact
        )
    return found.family == into.family
