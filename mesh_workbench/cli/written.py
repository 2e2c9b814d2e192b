"""An answer in one of the forms that `mesh sql` writes: batch by batch, so that size does not matter."""

from __future__ import annotations

import base64
import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mesh_workbench.cli import show

if TYPE_CHECKING:
    import pyarrow


def write(reader: pyarrow.RecordBatchReader, form: str, output: Path | None) -> int:
    """Write `reader` as `form` to `output`, or to stdout; returns how many rows. A file appears whole or not at all."""
    with _target(output) as target:
        if form == "table":
            return _table(reader, target if output else None)
        if form == "json":
            return _json(reader, target)
        if form == "csv":
            return _csv(reader, target)
        return _parquet(reader, target) if form == "parquet" else _arrow(reader, target)


@contextmanager
def _target(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as target:
            yield target
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)


def _table(reader: pyarrow.RecordBatchReader, target: IO[bytes] | None) -> int:
    import pyarrow

    answer = reader.read_all()
    types = [field.type for field in answer.schema]
    numbers = [
        name
        for name, kind in zip(answer.schema.names, types, strict=True)
        if pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind) or pyarrow.types.is_decimal(kind)
    ]
    rows = [
        [_cell(value) for value in row] for row in zip(*(column.to_pylist() for column in answer.columns), strict=True)
    ]
    if target is not None:
        lines = ["\t".join(answer.schema.names), *("\t".join(row) for row in rows)]
        target.write(("\n".join(lines) + "\n").encode())
    else:
        show.table(answer.schema.names, rows, right=numbers)
    return int(answer.num_rows)


def _cell(value: object) -> str:
    if value is None:
        return "∅"
    if isinstance(value, float):
        return f"{value:,.4g}" if value and abs(value) < 0.01 else f"{value:,.2f}"
    return str(value)


def _json(reader: pyarrow.RecordBatchReader, target: IO[bytes]) -> int:
    count = 0
    target.write(b"[")
    for batch in reader:
        for row in batch.to_pylist():
            target.write(b",\n " if count else b"\n ")
            target.write(json.dumps(row, ensure_ascii=False, default=_encoded).encode() if _finite(row) else _safe(row))
            count += 1
    target.write(b"\n]\n" if count else b"]\n")
    return count


def _finite(row: dict[str, Any]) -> bool:
    return not any(isinstance(value, float) and not math.isfinite(value) for value in row.values())


def _safe(row: dict[str, Any]) -> bytes:
    """A row in which NaN and the infinities, which JSON does not have, are null."""
    clean = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()
    }
    return json.dumps(clean, ensure_ascii=False, default=_encoded).encode()


def _encoded(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)  # decimals and UUIDs keep every digit as text


def _csv(reader: pyarrow.RecordBatchReader, target: IO[bytes]) -> int:
    from pyarrow import csv

    count = 0
    with csv.CSVWriter(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _parquet(reader: pyarrow.RecordBatchReader, target: IO[bytes]) -> int:
    from pyarrow import parquet

    count = 0
    with parquet.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _arrow(reader: pyarrow.RecordBatchReader, target: IO[bytes]) -> int:
    import pyarrow

    count = 0
    with pyarrow.ipc.new_stream(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count
