"""The data that a contract is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, eq=False)
class Candidate:
    """What a port would hold after publishing: kept files of the base release and staged ones.

    `files` are all Parquet files, `staged` those of them that are new. `arrow_schema` says what the columns are when
    there is no file at all. `foreign` holds the data that foreign keys point to, by the name that the contract uses
    without the column: `planes` or `fleet.planes`; each as files or as a table.
    """

    object_name: str
    files: Sequence[str] = ()
    staged: Sequence[str] = ()
    arrow_schema: pyarrow.Schema | None = None
    table: pyarrow.Table | None = None
    foreign: Mapping[str, Sequence[str] | pyarrow.Table] = field(default_factory=dict)

    @cached_property
    def rows(self) -> int:
        """Rows of the whole candidate, as the footers of its files say."""
        return self.table.num_rows if self.table is not None else _rows({*self.files, *self.staged})

    @cached_property
    def staged_rows(self) -> int:
        """Rows of the staged files."""
        return self.table.num_rows if self.table is not None else _rows(set(self.staged))

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


def _rows(files: set[str]) -> int:
    from pyarrow import parquet

    return sum(int(parquet.read_metadata(file).num_rows) for file in files)
