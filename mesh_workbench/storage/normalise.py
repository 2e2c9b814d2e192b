"""`to_arrow`: any frame as an Arrow table that Delta, Polars, pyarrow and DuckDB read identically."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.storage.columns import convert, target
from mesh_workbench.storage.frames import as_table

if TYPE_CHECKING:
    import pyarrow


def to_arrow(frame: object) -> pyarrow.Table:
    """`frame` as a pyarrow.Table with types, names and nullability that every reader understands.

    Rows keep their order. Nanoseconds become microseconds, unsigned integers wider signed ones, categories and
    dictionaries their values, 16-bit floats 32-bit ones; timestamps with a zone become UTC, those without stay so.
    Every column may hold nulls: that none is missing is a promise of the contract, not of the table. Metadata is left
    out.

    Raises InvalidInput: `frame.unsupported` (no frame), `frame.no-columns`, `frame.column-name`,
    `frame.duplicate-column` (also when only upper and lower case differ), `frame.mixed-column`,
    `frame.all-null-column`, `frame.unsupported-type`, `frame.value-out-of-range`; each names the column.
    """
    import pyarrow as pa

    table = as_table(frame)
    _check_names(table.column_names)
    types = [target(field.name, field.type) for field in table.schema]
    columns = [
        convert(name, table.column(position), types[position]) for position, name in enumerate(table.column_names)
    ]
    schema = pa.schema([pa.field(name, kind) for name, kind in zip(table.column_names, types, strict=True)])
    return pa.Table.from_arrays(columns, schema=schema)


def _check_names(names: list[str]) -> None:
    if not names:
        raise InvalidInput("frame.no-columns", "The frame has no columns.", hint="Give it at least one.")
    seen: dict[str, str] = {}
    for position, name in enumerate(names):
        if not name.strip() or any(ord(character) < 32 for character in name):
            raise InvalidInput(
                "frame.column-name",
                f"The name of column {position}, {name!r}, is empty or has control characters.",
                where=f"column {position}",
                hint="Rename it.",
            )
        other = seen.setdefault(name.casefold(), name)
        if other is not name or names.index(name) != position:
            raise InvalidInput(
                "frame.duplicate-column",
                f"There are two columns {name!r}."
                if other == name
                else f"The columns {other!r} and {name!r} differ in case only, which most readers take for equal.",
                where=f"column {name}",
                hint="Rename or drop one.",
            )
