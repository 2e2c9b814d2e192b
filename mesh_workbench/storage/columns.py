"""Which Arrow types a table may hold, and how the others become one of them.

Delta, Polars, pyarrow and DuckDB agree on the types that leave here; each other type is widened without loss where
that is possible and refused with a hint where it is not. Timestamps are counted in microseconds: finer digits are cut
off. A timestamp without zone stays without zone (it means UTC); one with a zone becomes the same instant in UTC.
"""

from __future__ import annotations

from typing import Any

from mesh_workbench.errors import InvalidInput

_PIECE_BYTES = 1 << 30
_HINTS = {
    "time": "Make it text, for example 14:30:00, or a number of seconds since midnight.",
    "duration": "Make it a number in a unit that the name tells, for example delay_s.",
    "interval": "Make it a number in a unit that the name tells, for example delay_s.",
    "null": "No value tells its type; give it one, for example .cast(pl.String) or .astype('string').",
}


def target(column: str, given: Any) -> Any:
    """The type that a column of type `given` gets: `given` itself, or the smallest wider one that all readers know.

    Raises InvalidInput `frame.unsupported-type` or `frame.all-null-column`.
    """
    import pyarrow as pa

    kind = pa.types
    if kind.is_unsigned_integer(given):
        return {8: pa.int16(), 16: pa.int32()}.get(given.bit_width, pa.int64())
    if kind.is_float16(given):
        return pa.float32()
    if kind.is_boolean(given) or kind.is_integer(given) or kind.is_floating(given):
        return given
    if kind.is_string(given) or kind.is_large_string(given) or kind.is_string_view(given):
        return pa.string()
    if kind.is_binary(given) or kind.is_large_binary(given) or kind.is_binary_view(given):
        return pa.binary()
    if kind.is_fixed_size_binary(given):
        return pa.binary()
    if kind.is_date(given):
        return pa.date32()
    if kind.is_timestamp(given):
        return pa.timestamp("us", "UTC" if given.tz else None)
    if kind.is_decimal(given):
        return _decimal(column, given)
    if kind.is_dictionary(given) or kind.is_run_end_encoded(given):
        return target(column, given.value_type)
    if isinstance(given, pa.BaseExtensionType) and given.extension_name in ("arrow.json", "arrow.bool8"):
        return pa.bool_() if given.extension_name == "arrow.bool8" else pa.string()
    if isinstance(given, pa.BaseExtensionType) and given.extension_name == "arrow.uuid":
        return pa.string()
    if kind.is_map(given):
        return pa.map_(target(f"{column}.key", given.key_type), target(f"{column}.value", given.item_type))
    if kind.is_struct(given):
        return _struct(column, given)
    if hasattr(given, "value_field") and kind.is_nested(given):  # all kinds of lists
        return pa.list_(target(f"{column}[]", given.value_type))
    raise _refused(column, given)


def _decimal(column: str, given: Any) -> Any:
    import pyarrow as pa

    precision = given.precision - min(given.scale, 0)
    if precision > 38:
        raise InvalidInput(
            "frame.unsupported-type",
            f"Column {column!r} is a decimal of {precision} digits; 38 are possible.",
            where=f"column {column}",
            hint="Cast it to a smaller decimal, or to a string.",
        )
    return pa.decimal128(precision, max(given.scale, 0))


def _struct(column: str, given: Any) -> Any:
    import pyarrow as pa

    fields = [given.field(position) for position in range(given.num_fields)]
    names = [field.name for field in fields]
    if not names or "" in names or len({name.casefold() for name in names}) < len(names):
        raise InvalidInput(
            "frame.unsupported-type",
            f"Column {column!r} is a struct without fields, or with fields of empty or equal names.",
            where=f"column {column}",
            hint="Name its fields, or drop the column.",
        )
    return pa.struct([pa.field(field.name, target(f"{column}.{field.name}", field.type)) for field in fields])


def _refused(column: str, given: Any) -> InvalidInput:
    import pyarrow as pa

    word = next((word for word in _HINTS if str(given).startswith(word)), "")
    if str(given) == "month_day_nano_interval":
        word = "interval"
    if pa.types.is_null(given):
        return InvalidInput(
            "frame.all-null-column",
            f"Column {column!r} has no value at all, and no type.",
            where=f"column {column}",
            hint=_HINTS["null"],
        )
    return InvalidInput(
        "frame.unsupported-type",
        f"Column {column!r} is of type {given}, which tables cannot hold.",
        where=f"column {column}",
        hint=_HINTS.get(word, "Make it text or a number, or drop the column."),
    )


def convert(column: str, values: Any, wanted: Any) -> Any:
    """`values` (pyarrow.ChunkedArray) as type `wanted`, values equal save for digits finer than a microsecond.

    Raises InvalidInput `frame.value-out-of-range` and `frame.unsupported-type`.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.type == wanted:
        return values
    if isinstance(values.type, pa.BaseExtensionType):
        if values.type.extension_name == "arrow.uuid":
            text = [None if value is None else str(value) for value in values.to_pylist()]
            return pa.chunked_array([pa.array(text, pa.string())])
        values = pa.chunked_array([chunk.storage for chunk in values.chunks], values.type.storage_type)
    if "list_view" in str(values.type):  # pyarrow's cast of list views makes arrays without offsets
        return pa.chunked_array([pa.array(values.to_pylist(), wanted)])
    options = pc.CastOptions(target_type=wanted, allow_time_truncate=True)
    try:
        pieces = [pc.cast(piece, options=options) for chunk in values.chunks for piece in _pieces(_decoded(chunk))]
    except pa.ArrowNotImplementedError as error:
        raise _refused(column, values.type) from error
    except pa.ArrowInvalid as error:
        raise InvalidInput(
            "frame.value-out-of-range",
            f"Column {column!r} has values that {wanted} cannot hold: {str(error).splitlines()[0]}.",
            where=f"column {column}",
            hint="Cast it to a decimal or to a string.",
        ) from error
    return pa.chunked_array(pieces, wanted)


def _decoded(chunk: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.run_end_decode(chunk) if pa.types.is_run_end_encoded(chunk.type) else chunk


def _pieces(chunk: Any) -> list[Any]:
    """`chunk` in parts whose text stays below the 2 GiB that a plain string array can hold."""
    import pyarrow as pa

    if chunk.nbytes <= _PIECE_BYTES:
        return [chunk]
    rows = max(1, len(chunk) * _PIECE_BYTES // chunk.nbytes)
    starts = range(0, len(chunk), rows)
    # `take` copies, so that each part's offsets begin at zero again
    return [chunk.take(pa.array(range(start, min(start + rows, len(chunk))))) for start in starts]
