"""quarantine: rows that broke a promise, kept in the folder of their run for a number of days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.contracts.quarantine import Quarantine
from mesh_workbench.model.check import QuarantinedRow
from mesh_workbench.model.runfolder import QUARANTINE_FILE

if TYPE_CHECKING:
    import pyarrow

MOST_ROWS = 10_000
"""Rows that are kept of each promise, unless somebody says otherwise."""
_COLUMNS = ("port", "promise", "words", "outcome", "key", "value")


@contextmanager
def kept_in(folder: Path, most: int = MOST_ROWS) -> Iterator[Quarantine]:
    """A quarantine that becomes a Parquet file in `folder` when the check is over; nothing failed, no file.

    What an earlier check left there is replaced. `most` 0 keeps no rows.
    """
    from pyarrow import parquet

    file = folder / QUARANTINE_FILE
    unfinished = file.with_name(f".{QUARANTINE_FILE}")
    file.unlink(missing_ok=True)
    writers: list[parquet.ParquetWriter] = []

    def keep(rows: list[QuarantinedRow]) -> None:
        if not rows:
            return
        if not writers:
            writers.append(parquet.ParquetWriter(unfinished, _schema(), compression="zstd"))
        writers[0].write_table(_table(rows))

    try:
        yield Quarantine(keep, most)
        for writer in writers:
            writer.close()
            unfinished.replace(file)
    finally:
        for writer in writers:
            writer.close()
        unfinished.unlink(missing_ok=True)


def quarantine_of(folder: Path) -> pyarrow.Table | None:
    """The rows kept in `folder`, None when there are none. `key` and `value` are JSON objects as text."""
    from pyarrow import parquet

    try:
        return parquet.read_table(folder / QUARANTINE_FILE)
    except FileNotFoundError:
        return None


def no_rows() -> pyarrow.Table:
    """What is kept when every promise was."""
    return _schema().empty_table()


def _schema() -> pyarrow.Schema:
    import pyarrow

    return pyarrow.schema([(name, pyarrow.string()) for name in _COLUMNS])


def _table(rows: list[QuarantinedRow]) -> pyarrow.Table:
    import pyarrow

    columns = {
        "port": [row.port for row in rows],
        "promise": [row.promise for row in rows],
        "words": [row.words for row in rows],
        "outcome": [row.outcome.value for row in rows],
        "key": [json.dumps(row.key, ensure_ascii=False) for row in rows],
        "value": [json.dumps(row.value, ensure_ascii=False) for row in rows],
    }
    return pyarrow.table(columns, schema=_schema())
