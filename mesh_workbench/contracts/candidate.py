"""The data that a contract is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import polars
    import pyarrow


@dataclass(frozen=True, eq=False)
class Candidate:
    """What a port would hold after publishing: kept files of the base release and staged ones.

    `files` are all Parquet files, `staged` those of them that are new. `arrow_schema` says what the columns are when
    there is no file at all. `foreign` holds the data that foreign keys point to, by the name that the contract uses
    without the column: `planes` or `fleet.planes`; each as files or as a table. A lazy `table` is never collected:
    each look at it reads the columns that it needs.
    """

    object_name: str
    files: Sequence[str] = ()
    staged: Sequence[str] = ()
    arrow_schema: pyarrow.Schema | None = None
    table: pyarrow.Table | polars.LazyFrame | None = None
    foreign: Mapping[str, Sequence[str] | pyarrow.Table] = field(default_factory=dict)

    @property
    def schema(self) -> pyarrow.Schema | None:
        """What is known of the columns without reading a file."""
        import pyarrow

        if self.table is None or isinstance(self.table, pyarrow.Table):
            return self.arrow_schema if self.table is None else self.table.schema
        return self.table.head(0).collect().to_arrow().schema

    @cached_property
    def rows(self) -> int:
        """Rows of the whole candidate, as the footers of its files say."""
        return _rows_of_frame(self.table) if self.table is not None else _rows({*self.files, *self.staged})

    @cached_property
    def staged_rows(self) -> int:
        """Rows of the staged files."""
        return self.rows if self.table is not None else _rows(set(self.staged))

    @classmethod
    def from_table(
        cls,
        table: pyarrow.Table,
        object_name: str = "",
        *,
        foreign: Mapping[str, Sequence[str] | pyarrow.Table] | None = None,
    ) -> Candidate:
        """A candidate that is one table, all of it new. Without `object_name`: the contract's only object."""
        return cls(object_name=object_name, arrow_schema=table.schema, table=table, foreign=foreign or {})

    @classmethod
    def from_frame(cls, frame: object, object_name: str = "") -> Candidate:
        """A candidate that is one frame: Arrow (table, batch or reader), Polars (eager or lazy) or pandas.

        A pandas index is left out, as in `mesh.output`. Raises InvalidInput `frame.unsupported`.
        """
        table = _as_table(frame)
        return cls(object_name=object_name, table=table)


def _as_table(frame: object) -> pyarrow.Table | polars.LazyFrame:
    import pyarrow

    if isinstance(frame, pyarrow.Table):
        return frame
    if isinstance(frame, pyarrow.RecordBatch):
        return pyarrow.Table.from_batches([frame])
    if isinstance(frame, pyarrow.RecordBatchReader):
        return frame.read_all()
    library = type(frame).__module__.partition(".")[0]
    if library == "polars":
        import polars

        if isinstance(frame, polars.LazyFrame):
            return frame
        if isinstance(frame, polars.DataFrame):
            return frame.to_arrow()
    if library == "pandas":
        import pandas

        if isinstance(frame, pandas.DataFrame):
            try:
                return pyarrow.Table.from_pandas(frame, preserve_index=False)
            except (pyarrow.ArrowException, ValueError, TypeError) as error:
                raise InvalidInput(
                    "frame.mixed-column",
                    f"The frame cannot be read: {str(error).splitlines()[0]}",
                    hint="Give each column one type.",
                ) from error
    raise InvalidInput(
        "frame.unsupported",
        f"{type(frame).__name__} is no frame that can be checked.",
        hint="Give a Polars, pandas or Arrow table.",
    )


def _rows_of_frame(table: pyarrow.Table | polars.LazyFrame) -> int:
    import pyarrow

    if isinstance(table, pyarrow.Table):
        return int(table.num_rows)
    import polars

    return int(table.select(polars.len()).collect().item())


def _rows(files: set[str]) -> int:
    from pyarrow import parquet

    return sum(int(parquet.read_metadata(file).num_rows) for file in files)
