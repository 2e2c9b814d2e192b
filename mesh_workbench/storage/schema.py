"""What may change in the schema of a port while a major version lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow


def union(base: pyarrow.Schema | None, staged: pyarrow.Schema, port: str) -> pyarrow.Schema:
    """What a port's table holds when `staged` comes to `base`: the columns of `base`, then the new ones.

    Raises InvalidInput `output.column-missing` when a column of the base is not staged, and `output.type-changed`
    when its values may not fit the base's type: both take a new major version.
    """
    import pyarrow as pa

    if base is None:
        return staged
    missing = [name for name in base.names if name not in staged.names]
    if missing:
        raise InvalidInput(
            "output.column-missing",
            f"Output {port!r} lacks {', '.join(missing)}, which {port!r} has had since an earlier release.",
            where=f"output {port}",
            hint="Keep the column (empty is possible), or promote a new major version.",
            details={"columns": missing},
        )
    for field in base:
        given = staged.field(field.name).type
        if not fits(given, field.type):
            raise changed(port, field, given)
    return pa.schema([*base, *(field for field in staged if field.name not in base.names)])


def fits(given: pyarrow.DataType, wanted: pyarrow.DataType) -> bool:
    """Whether values of type `given` can be ones of `wanted`; among numbers each value decides, when it is cast.

    A pandas column of integers is one of floats in the month in which a value is missing: types alone say too little.
    """
    import pyarrow as pa

    kind = pa.types
    if given == wanted:
        return True
    if kind.is_floating(wanted):  # a cast to fewer digits would round and say nothing
        return bool(kind.is_integer(given) or (kind.is_floating(given) and given.bit_width <= wanted.bit_width))
    numbers = kind.is_integer(given) or kind.is_floating(given) or kind.is_decimal(given)
    return bool(numbers and (kind.is_integer(wanted) or (kind.is_decimal(wanted) and not kind.is_floating(given))))


def changed(port: str, field: pyarrow.Field, given: pyarrow.DataType, reason: str = "") -> InvalidInput:
    """The error of a column whose values are not of the type that they have had."""
    return InvalidInput(
        "output.type-changed",
        f"Column {field.name!r} of output {port!r} is {given}; earlier releases have {field.type}.{reason}",
        where=f"output {port}, column {field.name}",
        hint=f"Cast it to {field.type}, or promote a new major version.",
    )
