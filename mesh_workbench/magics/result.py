"""The result of a `%%mesh` cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.engine.display import Shown, as_html, as_markdown, as_text
from mesh_workbench.engine.page import json_rows
from mesh_workbench.engine.schema import type_names

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

    from mesh_workbench.model.query import Provenance


class Result:
    """The rows of an answer, in memory: `.polars()`, `.pandas()`, `.arrow()`, `.duckdb()`.

    `.provenance` is what they came from. `capped` says that there may be more rows than were fetched.
    """

    def __init__(self, table: pyarrow.Table, provenance: Provenance, *, capped: bool = False, shown: int = 20) -> None:
        self._table = table
        self._shown_rows = shown
        self.provenance = provenance
        self.capped = capped

    @property
    def columns(self) -> list[str]:
        return list(self._table.column_names)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table."""
        return self._table

    def polars(self) -> polars.DataFrame:
        """The rows as a Polars frame."""
        import polars

        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def pandas(self) -> pandas.DataFrame:
        """The rows as a pandas frame."""
        frame: pandas.DataFrame = self._table.to_pandas()
        return frame

    def duckdb(self) -> duckdb.DuckDBPyRelation:
        """The rows as a relation on DuckDB's default connection: with these rows, and no way back to the mesh."""
        import duckdb

        return duckdb.from_arrow(self._table)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return as_text(self._shown())

    def _repr_html_(self) -> str:
        return as_html(self._shown())

    def _repr_markdown_(self) -> str:
        return as_markdown(self._shown())

    def _shown(self) -> Shown:
        head = self._table.slice(0, self._shown_rows)
        more = f"Only the first {len(self):,} rows were fetched; --limit or an aggregate changes that."
        return Shown(
            columns=head.column_names,
            types=type_names(head.schema),
            rows=json_rows(head),
            total=None if self.capped else len(self),
            provenance=self.provenance,
            notes=[more] if self.capped else [],
        )
