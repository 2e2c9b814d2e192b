"""A Polars lazy frame that DuckDB reads piece by piece.

Given one itself, DuckDB collects it whole at each look. It reads Arrow datasets in pieces, though, asking the dataset
for a scanner over the columns and rows that it needs; this is a dataset whose scanner is the lazy frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow.dataset import InMemoryDataset

from mesh_workbench.contracts.readable import schema_of
from mesh_workbench.engine.objects import Objects

if TYPE_CHECKING:
    import polars
    from pyarrow.compute import Expression

_PIECE = 100_000


class Lazy(InMemoryDataset):  # type: ignore[misc]
    """Holds no rows of its own. What goes wrong with objects beneath the frame is remembered by `objects`."""

    def __init__(self, frame: polars.LazyFrame, objects: Objects) -> None:
        super().__init__([], schema=schema_of(frame))
        self._frame, self._objects = frame, objects

    def scanner(self, columns: list[str] | None = None, filter: Expression | None = None, **_: Any) -> Scan:  # noqa: A002
        return Scan(self._frame, self._objects, columns, filter)


@dataclass(frozen=True)
class Scan:
    """One look at a lazy frame."""

    frame: polars.LazyFrame
    objects: Objects
    columns: list[str] | None
    filter: Expression | None

    def to_reader(self) -> pa.RecordBatchReader:
        narrow = self.frame if self.columns is None or self.filter is not None else _select(self.frame, self.columns)
        schema = schema_of(narrow)
        wanted = schema if self.columns is None else pa.schema([schema.field(name) for name in self.columns])
        return pa.RecordBatchReader.from_batches(wanted, self._batches(narrow, wanted))

    def _batches(self, frame: polars.LazyFrame, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self.objects.remembering():
            for piece in frame.collect_batches(chunk_size=_PIECE, lazy=True, engine="streaming"):
                table = piece.to_arrow()
                if self.filter is not None:
                    table = table.filter(self.filter)
                yield from table.select(wanted.names).cast(wanted).to_batches()


def _select(frame: polars.LazyFrame, names: list[str]) -> polars.LazyFrame:
    """By position: Polars takes some names, such as ^x$, for patterns."""
    import polars

    every = frame.collect_schema().names()
    return frame.select(polars.nth([every.index(name) for name in names]))
