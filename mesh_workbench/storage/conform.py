"""Staged files brought to the columns of their port: order, wider types, files even where there are no rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.storage.columns import convert, target
from mesh_workbench.storage.parquet import write_staged
from mesh_workbench.storage.schema import changed

if TYPE_CHECKING:
    import pyarrow


def measure(path: Path) -> tuple[int, int]:
    """Rows and bytes of a Parquet file, from the file itself."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows), path.stat().st_size


def schema_of(files: Sequence[Path], declared: pyarrow.Schema) -> pyarrow.Schema:
    """The columns of staged files as a table may hold them; what was declared when there is no file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = pq.read_schema(files[0]) if files else declared
    return pa.schema([pa.field(field.name, target(field.name, field.type)) for field in found])


def conform(files: Sequence[Path], schema: pyarrow.Schema, folder: Path, port: str) -> list[Path]:
    """Files that hold the rows of `files` with exactly the columns of `schema`: the same ones where they do already.

    Others are written anew into `folder`; the original stays. Without any file an empty one is written, so that a
    release says which slot had no rows. No value changes: one that the type of its column cannot hold is refused.
    Raises InvalidInput `output.type-changed`, `output.files-differ`; Unavailable `storage.full`, `storage.read-only`,
    `storage.failed`.
    """
    import pyarrow.parquet as pq

    if not files:
        return write_staged(schema.empty_table(), folder).paths
    conformed: list[Path] = []
    for path in files:
        with pq.ParquetFile(path) as file:
            if file.schema_arrow.equals(schema):
                conformed.append(path)
                continue
            table = file.read()
        conformed += write_staged(_cast(table, schema, path, port), folder).paths
    return conformed


def _cast(table: pyarrow.Table, schema: pyarrow.Schema, path: Path, port: str) -> pyarrow.Table:
    import pyarrow as pa

    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise InvalidInput(
            "output.files-differ",
            f"The staged file {path.name} of output {port!r} lacks {', '.join(missing)}, which another one has.",
            where=str(path),
            hint="Stage all files of an output with the same columns.",
        )
    columns = []
    for field in schema:
        values = table.column(field.name)
        try:
            columns.append(convert(field.name, values, field.type))
        except InvalidInput as error:
            raise changed(port, field, values.type, f" {error.message}") from error
    return pa.Table.from_arrays(columns, schema=schema)
