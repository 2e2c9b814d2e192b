"""Types that the engine does not know: made into ones that it does, or refused by the name of their column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import polars

_MOST_DIGITS = 38


def readable(schema: pa.Schema) -> pa.Schema:
    """`schema` with half floats as floats. Raises InvalidInput `frame.unsupported-type`."""
    return pa.schema([field.with_type(_known(field.name, field.type)) for field in schema])


def schema_of(frame: polars.LazyFrame) -> pa.Schema:
    """What the rows of a lazy frame are to the engine. Raises InvalidInput `frame.unsupported-type`."""
    import polars

    for name, kind in frame.collect_schema().items():
        if kind in (polars.Int128, polars.Object) or str(kind) == "UInt128":
            raise _refused(name, kind)  # Arrow has no such types
    return readable(frame.head(0).collect().to_arrow().schema)


def _known(column: str, kind: Any) -> Any:
    types = pa.types
    if types.is_float16(kind):
        return pa.float32()
    if (types.is_union(kind) and kind.mode == "dense") or (types.is_decimal(kind) and kind.precision > _MOST_DIGITS):
        raise _refused(column, kind)
    if types.is_struct(kind):
        return pa.struct([field.with_type(_known(column, field.type)) for field in kind])
    if types.is_map(kind):
        return pa.map_(_known(column, kind.key_type), _known(column, kind.item_type))
    if types.is_fixed_size_list(kind):
        return pa.list_(_known(column, kind.value_type), kind.list_size)
    if types.is_list(kind) or types.is_large_list(kind):
        inner = _known(column, kind.value_type)
        return kind if inner == kind.value_type else pa.large_list(inner)
    return kind


def _refused(column: str, kind: object) -> InvalidInput:
    return InvalidInput(
        "frame.unsupported-type",
        f"Column {column!r} is of type {kind}, which cannot be checked.",
        where=f"column {column}",
        hint=f"Cast it to text or to a number of at most {_MOST_DIGITS} digits.",
    )
