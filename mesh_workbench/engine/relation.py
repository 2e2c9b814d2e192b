"""A product at one release, as a lazy relation: nothing is read until a shape is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesh_workbench.engine.display import Shown, as_html, as_text
from mesh_workbench.engine.page import json_rows
from mesh_workbench.engine.provenance import provenance_of
from mesh_workbench.engine.schema import schema_of, type_names
from mesh_workbench.model.base import now
from mesh_workbench.model.query import Provenance, ResolvedPort

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

_SHOWN_ROWS = 20


class Relation:
    """The rows of a port at one release, in the shape that one wants: `.polars()`, `.pandas()`, `.arrow()`, or lazily
    `.lazy()` (Polars) and `.duckdb()`.

    Columns and types are those of the release, whatever its older files look like. The files of a release never
    change, so the rows are the same each time.
    """

    def __init__(self, port: ResolvedPort, provenance: Provenance | None = None) -> None:
        self.port = port
        self.provenance = provenance or provenance_of([port], now())

    @property
    def schema(self) -> pyarrow.Schema:
        """Columns and types, as an Arrow schema."""
        return schema_of(self.port)

    @property
    def columns(self) -> list[str]:
        return list(self.schema.names)

    def __len__(self) -> int:
        """Rows, known without reading."""
        return self.port.rows

    def lazy(self) -> polars.LazyFrame:
        """A Polars scan of the files: filters and projections are pushed down."""
        import polars

        schema = polars.from_arrow(self.schema.empty_table())
        assert isinstance(schema, polars.DataFrame)
        if not self.port.files:
            return schema.lazy()
        return polars.scan_parquet(
            self.port.files,
            schema=schema.schema,
            glob=False,
            missing_columns="insert",
            extra_columns="ignore",
            cast_options=polars.ScanCastOptions(
                integer_cast="upcast", float_cast="upcast", datetime_cast="forbid", categorical_to_string="allow"
            ),
        )

    def polars(self) -> polars.DataFrame:
        """All rows as a Polars frame."""
        return self.lazy().collect()

    def arrow(self) -> pyarrow.Table:
        """All rows as an Arrow table."""
        return self._dataset().to_table() if self.port.files else self.schema.empty_table()

    def pandas(self) -> pandas.DataFrame:
        """All rows as a pandas frame."""
        frame: pandas.DataFrame = self.arrow().to_pandas()
        return frame

    def duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """A DuckDB relation over the files, on `connection` or on DuckDB's default one."""
        import duckdb

        from mesh_workbench.engine.session import view_of

        target = connection if connection is not None else duckdb.default_connection()
        return target.sql(view_of(target, self.port))

    def head(self, rows: int = _SHOWN_ROWS) -> pyarrow.Table:
        """The first rows, reading no more than needed."""
        return self._dataset().head(rows) if self.port.files else self.schema.empty_table()

    def _dataset(self) -> Any:
        from pyarrow import dataset

        return dataset.dataset(self.port.files, schema=self.schema, format="parquet")

    def _shown(self) -> Shown:
        head = self.head()
        return Shown(
            columns=head.column_names,
            types=type_names(head.schema),
            rows=json_rows(head),
            total=self.port.rows,
            provenance=self.provenance,
        )

    def __repr__(self) -> str:
        return as_text(self._shown())

    def _repr_html_(self) -> str:
        return as_html(self._shown())
