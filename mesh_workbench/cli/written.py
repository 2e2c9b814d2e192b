"""An answer in one of the forms that `mesh sql` writes: batch by batch, so that size does not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mesh_workbench.cli import show

if TYPE_CHECKING:
    import pyarrow


def write(reader: pyarrow.RecordBatchReader, form: str, output: Path | None) -> int:
    """Write `reader` as `form` to `output`, or to stdout; returns how many rows. A file appears whole or not at all."""
    from mesh_workbench.engine.formats import FORMATS

    with _target(output) as target:
        if form == "table":
            return _table(reader, target if output else None)
        count, writer = 0, FORMATS[form].open(target, reader.schema)
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
        writer.close()
        return count


@contextmanager
def _target(output: Path | None) -> Iterator[BinaryIO]:
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


def _table(reader: pyarrow.RecordBatchReader, target: BinaryIO | None) -> int:
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
