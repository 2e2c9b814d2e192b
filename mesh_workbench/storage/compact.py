"""compact: small files of one slot become one, with the same rows.

Files are merged with others of their own size only, sixteen or more at a time. So a row is written again once for every
sixteenfold of its file, however often the table is published, and of each size fifteen files stay at most.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.model.release import PortFile
from mesh_workbench.storage.parquet import write_file

if TYPE_CHECKING:
    import pyarrow

AT_LEAST = 16
"""Files of about one size in one slot that are worth merging."""
_SMALL = 16 << 20
_AT_ONCE = 64 << 20
"""Bytes of files that are merged into one."""
_IN_MEMORY = 256 << 20
"""Bytes of their rows, which are held to be sorted: what packs well is many times its file."""
_AT_A_TIME = 256 << 20
"""Bytes of files that are merged by one publication: others wait for the lock meanwhile."""
_log = logging.getLogger(__name__)


def worth(files: Sequence[PortFile]) -> list[list[PortFile]]:
    """Groups of files that are worth merging now, each of one slot; none for a table that is well."""
    alike: dict[tuple[object, ...], list[PortFile]] = {}
    for file in files:
        if file.size < _SMALL:
            alike.setdefault((file.slot, file.slot_end, file.slot_timezone, _size_class(file)), []).append(file)
    groups = [group for files in alike.values() if len(files) >= AT_LEAST for group in _portions(files)]
    until = accumulate(sum(file.size for file in group) for group in groups)
    return [group for group, size in zip(groups, until, strict=True) if size <= _AT_A_TIME]


def _size_class(file: PortFile) -> int:
    """Each class is sixteen times the one before; files up to 32 KiB, which are mostly footer, are the first."""
    return max(file.size >> 12, 1).bit_length() // 4


def _portions(files: Sequence[PortFile]) -> list[list[PortFile]]:
    found: list[list[PortFile]] = [[]]
    size = 0
    for file in files:
        if found[-1] and size + file.size > _AT_ONCE:
            found.append([])
            size = 0
        found[-1].append(file)
        size += file.size
    return [portion for portion in found if len(portion) > 1]


def merged(
    table: Path, files: Sequence[PortFile], schema: pyarrow.Schema, order: Sequence[str], folder: Path
) -> tuple[Path, Sequence[PortFile]] | None:
    """One file in `folder` with the rows of `files`, sorted by the columns `order` as far as they can be.

    Also which of them these are: the first ones, as many as fit into memory, two at least. None, told in the log, when
    it cannot be done: a table that is not cared for is slower, and nothing else.
    """
    import pyarrow as pa

    path = folder / f"compact-{uuid.uuid4().hex}.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parts, size = [], 0
        for file in files:
            parts.append(_read(table / file.path, file.rows, schema))
            size += parts[-1].nbytes
            if size > _IN_MEMORY and len(parts) > 1:
                break
        write_file(_sorted(pa.concat_tables(parts), order), path)
    except (OSError, pa.ArrowException, ValueError) as problem:
        _log.warning("%d small files in %s were not merged: %s", len(files), table, problem)
        path.unlink(missing_ok=True)
        return None
    return path, files[: len(parts)]


def _read(path: Path, rows: int, schema: pyarrow.Schema) -> pyarrow.Table:
    """The rows of a file with all columns of `schema`: those that came later are empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        found = file.read()
    if found.num_rows != rows:
        raise ValueError(f"{path.name} has {found.num_rows} rows and was released with {rows}")
    columns: list[Any] = []
    for field in schema:
        if field.name not in found.column_names:
            columns.append(pa.chunked_array([pa.nulls(rows, field.type)]))
        elif found.schema.field(field.name).type == field.type:
            columns.append(found.column(field.name))
        else:
            raise ValueError(f"{field.name} in {path.name} is {found.schema.field(field.name).type}, not {field.type}")
    return pa.Table.from_arrays(columns, schema=schema)


def _sorted(table: pyarrow.Table, order: Sequence[str]) -> pyarrow.Table:
    """Rows that are equal by the columns of `order` stay as they came: pyarrow's sorting is stable."""
    keys = [name for name in order if name in table.column_names and _sortable(table.schema.field(name).type)]
    return table.sort_by([(name, "ascending") for name in keys]) if keys else table


def _sortable(kind: pyarrow.DataType) -> bool:
    import pyarrow as pa

    is_a = pa.types
    return bool(
        is_a.is_integer(kind)
        or is_a.is_boolean(kind)
        or is_a.is_floating(kind)
        or is_a.is_decimal(kind)
        or is_a.is_string(kind)
        or is_a.is_large_string(kind)
        or is_a.is_date(kind)
        or is_a.is_timestamp(kind)
    )
