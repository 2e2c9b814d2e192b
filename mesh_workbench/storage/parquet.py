"""Parquet files: written when an output is staged, described for Delta from their footers."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.storage.faults import translate

if TYPE_CHECKING:
    import pyarrow

ROWS_PER_FILE = 5_000_000
_STATISTICS_COLUMNS = 32  # Delta's own default
_TEXT_LENGTH = 32


@dataclass(frozen=True)
class StagedFiles:
    """What `write_staged` wrote."""

    paths: list[Path]
    rows: int
    bytes: int
    arrow_schema: str
    """IPC-serialised, base64."""


def write_staged(table: pyarrow.Table, folder: Path) -> StagedFiles:
    """Writes `table` (as `to_arrow` gives it) into `folder`: one Parquet file per 5,000,000 rows, one even for none.

    File names are never used twice, so a writer that was taken for dead cannot touch the files of its successor.
    Raises Unavailable `storage.full`, `storage.read-only`, `storage.failed`; then no file is left behind.
    """
    paths: list[Path] = []
    stem = f"part-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, start in enumerate(range(0, max(table.num_rows, 1), ROWS_PER_FILE)):
            paths.append(folder / f"{stem}-{number}.parquet")
            write_file(table.slice(start, ROWS_PER_FILE), paths[-1])
        size = sum(path.stat().st_size for path in paths)
    except OSError as error:
        for path in paths:
            path.unlink(missing_ok=True)
        raise translate(error, folder) from error
    return StagedFiles(paths=paths, rows=table.num_rows, bytes=size, arrow_schema=encode_schema(table.schema))


def write_file(table: pyarrow.Table, path: Path) -> None:
    """`table` as one Parquet file, on disk when this returns. Raises OSError."""
    with writer(path, table.schema) as parquet:
        parquet.write_table(table, row_group_size=1_000_000)
    sync(path)


def writer(path: Path, schema: pyarrow.Schema) -> Any:
    """A pyarrow ParquetWriter with the settings of all our files."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, schema, compression="zstd", write_statistics=True)


def sync(path: Path) -> None:
    """Waits until a file or a folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rows_of(path: Path) -> int | None:
    """How many rows a file holds, by its footer; None when it has none that can be read. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except pa.ArrowException:
        return None


def statistics(path: Path) -> str:
    """Delta's statistics of a file, as JSON, from its footer.

    Bounds are given only where they hold for every reader: none for floats (a footer leaves NaN out, and readers do
    not agree where NaN sorts), decimals (JSON numbers are not exact) and binary; long text is cut, the upper bound
    upwards.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        metadata, schema = file.metadata, file.schema_arrow
    lowest: dict[str, object] = {}
    highest: dict[str, object] = {}
    nulls: dict[str, int] = {}
    leaf = 0
    for field in list(schema)[:_STATISTICS_COLUMNS]:
        if field.type.num_fields == 0:
            chunks = [metadata.row_group(group).column(leaf).statistics for group in range(metadata.num_row_groups)]
            if all(chunk is not None and chunk.has_null_count for chunk in chunks):
                nulls[field.name] = sum(chunk.null_count for chunk in chunks)
            bounds = _bounds(field.type, chunks)
            if bounds is not None:
                lowest[field.name], highest[field.name] = bounds
        leaf += _leaves(field.type)
    return json.dumps(
        {"numRecords": metadata.num_rows, "minValues": lowest, "maxValues": highest, "nullCount": nulls},
        ensure_ascii=False,
    )


def _leaves(kind: Any) -> int:
    if kind.num_fields == 0:
        return 1
    return sum(_leaves(kind.field(position).type) for position in range(kind.num_fields))


def _bounds(kind: Any, chunks: list[Any]) -> tuple[object, object] | None:
    import pyarrow as pa

    is_a = pa.types
    if not (is_a.is_integer(kind) or is_a.is_string(kind) or is_a.is_date(kind) or is_a.is_timestamp(kind)):
        return None
    pairs = []
    for chunk in chunks:
        if chunk is None:
            return None
        if chunk.has_min_max:
            try:
                pairs.append((chunk.min, chunk.max))
            except (ValueError, OverflowError):  # years that Python's datetime does not know
                return None
        elif chunk.num_values:
            return None
    if not pairs:
        return None
    return _lower(min(low for low, _ in pairs)), _upper(max(high for _, high in pairs))


def _lower(value: object) -> object:
    return value[:_TEXT_LENGTH] if isinstance(value, str) else _plain(value)


def _upper(value: object) -> object:
    if isinstance(value, str):
        return value if len(value) <= _TEXT_LENGTH else value[:_TEXT_LENGTH] + "\U0010ffff"
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value
