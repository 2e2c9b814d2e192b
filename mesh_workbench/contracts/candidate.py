"""The data that a contract is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mesh_workbench.engine.objects import Objects, opened
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import polars
    import pyarrow


@dataclass(frozen=True, eq=False)
class Candidate:
    """What a port would hold after publishing: kept files of the base release and staged ones.

    `files` are all Parquet files, `staged` those of them that are new, each a path or the URL of an object, which
    `objects` reads. `arrow_schema` says which columns there are beside those of the files. `foreign` holds the data
    that foreign keys point to, by the name that the contract uses without the column: `planes` or `fleet.planes`; each
    as files or as a table. A lazy `table` is never collected: each look at it streams the columns that it needs.
    """

    object_name: str
    files: Sequence[str] = ()
    staged: Sequence[str] = ()
    arrow_schema: pyarrow.Schema | None = None
    table: pyarrow.Table | polars.LazyFrame | None = None
    foreign: Mapping[str, Sequence[str] | pyarrow.Table] = field(default_factory=dict)
    objects: Objects = field(default_factory=Objects)

    @property
    def schema(self) -> pyarrow.Schema | None:
        """What is known of the columns without reading a file."""
        import pyarrow

        if self.table is None or isinstance(self.table, pyarrow.Table):
            return self.arrow_schema if self.table is None else self.table.schema
        from mesh_workbench.contracts.readable import schema_of

        return schema_of(self.table)

    @cached_property
    def rows(self) -> int:
        """Rows of the whole candidate, as the footers of its files say."""
        return _rows_of_frame(self.table) if self.table is not None else self._rows({*self.files, *self.staged})

    @cached_property
    def staged_rows(self) -> int:
        """Rows of the staged files."""
        return self.rows if self.table is not None else self._rows(set(self.staged))

    def _rows(self, files: set[str]) -> int:
        from pyarrow import parquet

        return sum(int(parquet.read_metadata(opened(file, self.objects)).num_rows) for file in files)

    @classmethod
    def from_files(
        cls, files: Sequence[str], *, arrow_schema: pyarrow.Schema | None = None, objects: Objects | None = None
    ) -> Candidate:
        """A candidate that is some Parquet files, all of them new."""
        return cls("", files, files, arrow_schema, objects=objects or Objects())

    def reader(self) -> pyarrow.RecordBatchReader | None:
        """The rows of the table piece by piece; None when the candidate is files."""
        import pyarrow

        if self.table is None:
            return None
        if isinstance(self.table, pyarrow.Table):
            return self.table.to_reader()
        from mesh_workbench.contracts.lazy import Lazy

        return Lazy(self.table, self.objects).scanner().to_reader()

    def check_names(self) -> None:
        """Raises InvalidInput `frame.duplicate-column` when names differ in case only: the engine would rename one."""
        seen: dict[str, str] = {}
        for name in self._names():
            other = seen.get(name.casefold())
            seen[name.casefold()] = name
            if other is not None:
                raise InvalidInput(
                    "frame.duplicate-column",
                    f"There are two columns {name!r}."
                    if other == name
                    else f"The columns {other!r} and {name!r} differ in case only, which most readers take for equal.",
                    where=f"column {name}",
                    hint="Rename or drop one.",
                )

    def _names(self) -> list[str]:
        from pyarrow import parquet

        schema = self.schema
        if schema is None or (self.table is None and self.staged):
            files = [*self.staged, *self.files][:1]
            return [name for file in files for name in parquet.read_schema(opened(file, self.objects)).names]
        return list(schema.names)

    @classmethod
    def from_table(
        cls,
        table: pyarrow.Table | polars.LazyFrame,
        object_name: str = "",
        *,
        foreign: Mapping[str, Sequence[str] | pyarrow.Table] | None = None,
    ) -> Candidate:
        """A candidate that is one table, all of it new. Without `object_name`: the contract's only object."""
        return cls(object_name=object_name, table=table, foreign=foreign or {})


def _rows_of_frame(table: pyarrow.Table | polars.LazyFrame) -> int:
    import pyarrow

    if isinstance(table, pyarrow.Table):
        return int(table.num_rows)
    import polars

    return int(table.select(polars.len()).collect().item())
