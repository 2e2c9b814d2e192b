"""A product at one release, as a lazy relation: nothing is read until a shape is asked for."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mesh_workbench.engine.display import Shown, as_html, as_markdown, as_text
from mesh_workbench.engine.narrowed import Narrowed
from mesh_workbench.engine.page import json_rows
from mesh_workbench.engine.provenance import provenance_of
from mesh_workbench.engine.schema import schema_of, type_names
from mesh_workbench.engine.unreadable import missing, reading
from mesh_workbench.model.base import now
from mesh_workbench.model.query import Provenance, ResolvedPort

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

    from mesh_workbench.engine.sessions import Sessions

_SHOWN_ROWS = 20
_BATCH_ROWS = 100_000
_SAMPLE_ROWS = 1_000
LARGE_GB = 1.0


class LargeFrameWarning(UserWarning):
    """Something large is about to become a frame in memory."""


class Relation:
    """The rows of a port at one release, in the shape that one wants: `.polars()`, `.pandas()`, `.arrow()`; lazily
    `.lazy()` (Polars) and `.duckdb()`; batch by batch `.batches()`, or as any Arrow stream.

    `.select(…)`, `.filter(…)` and `.limit(…)` give a smaller relation, of which only what is needed is read. Columns
    and types are those of the release, whatever its older files look like. The files of a release never change, so the
    rows are the same each time.
    """

    def __init__(
        self,
        port: ResolvedPort,
        provenance: Provenance | None = None,
        *,
        narrowed: Narrowed | None = None,
        large_gb: float = LARGE_GB,
    ) -> None:
        self.port = port
        self.provenance = provenance or provenance_of([port], now())
        self._whole = schema_of(port)
        self._narrowed = narrowed or Narrowed(f"{port.product}.{port.port}", tuple(self._whole.names), port.rows)
        self._large_gb = large_gb

    def select(self, *columns: str) -> Relation:
        """Only these columns, in this order. Raises InvalidInput `read.unknown-column`."""
        return self._smaller(self._narrowed.select(columns))

    def filter(self, condition: str, **values: object) -> Relation:
        """Only rows for which the SQL condition holds; its $names are bound to `values`, never pasted into the text.

        relation.filter("dep_delay > $late AND carrier IN $carriers", late=30, carriers=["AA", "UA"])

        Raises InvalidInput `read.not-a-condition`; a misspelt column is told when rows are read.
        """
        return self._smaller(self._narrowed.filter(condition, values))

    def limit(self, rows: int) -> Relation:
        """Only the first rows."""
        return self._smaller(self._narrowed.limit(rows))

    @property
    def schema(self) -> pyarrow.Schema:
        """Columns and types, as an Arrow schema."""
        if not self._narrowed.steps:
            return self._whole
        import pyarrow

        return pyarrow.schema([self._whole.field(name) for name in self._narrowed.columns])

    @property
    def columns(self) -> list[str]:
        return list(self._narrowed.columns)

    def __len__(self) -> int:
        """Rows: known without reading, or counted when there is a filter."""
        if not self._narrowed.filtered:
            return self._narrowed.rows
        statement = f"SELECT count(*) FROM (\n{self._statement()}\n)"  # noqa: S608 - composed and parsed
        [count] = self._read(statement).read_all().column(0).to_pylist()
        return int(count)

    def _scan(self) -> polars.LazyFrame:
        import polars

        schema = polars.from_arrow(self._whole.empty_table())
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

    def lazy(self) -> polars.LazyFrame:
        """A Polars lazy frame: its filters and projections are pushed down into the files."""
        self._demand_files()
        if self._narrowed.filtered:
            lazy: polars.LazyFrame = self.duckdb(_connection()).pl(lazy=True)
            return lazy
        if self._narrowed.rows < self.port.rows:
            # Which rows are the first is decided where it is for every other shape.
            return self._scan().head(self._narrowed.rows).select(self.columns)
        return self._scan().select(self.columns) if self._narrowed.steps else self._scan()

    def polars(self) -> polars.DataFrame:
        """All rows as a Polars frame."""
        import polars

        if not self._narrowed.filtered:
            self._warn_when_large(".lazy()")
            with reading(self.port):
                return self.lazy().collect()
        frame = polars.from_arrow(self.arrow())
        assert isinstance(frame, polars.DataFrame)
        return frame

    def arrow(self) -> pyarrow.Table:
        """All rows as an Arrow table. `.batches()` gives them piece by piece."""
        import pyarrow

        if not self._narrowed.filtered:
            self._warn_when_large(".batches()")
        if not self._narrowed.steps:
            with reading(self.port):
                return self._dataset().to_table() if self.port.files else self.schema.empty_table()
        return pyarrow.Table.from_batches(self._watched(), self.schema)

    def batches(self) -> pyarrow.RecordBatchReader:
        """All rows as a stream of Arrow batches; few of them are in memory at a time."""
        if self._narrowed.steps or not self.port.files:
            return self._read(self._statement()).cast(self.schema)
        import pyarrow

        return pyarrow.RecordBatchReader.from_batches(self._whole, self._scanned())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        self._demand_files()
        return self.batches().__arrow_c_stream__(requested_schema)

    def pandas(self, *, arrow: bool = False) -> pandas.DataFrame:
        """All rows as a pandas frame; with `arrow` its columns keep their Arrow types (nulls, decimals, nested)."""
        import pandas

        table = self.arrow()
        frame: pandas.DataFrame = table.to_pandas(types_mapper=pandas.ArrowDtype if arrow else None)
        return frame

    def duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """A DuckDB relation over the files, on `connection` or on DuckDB's default one."""
        import duckdb

        from mesh_workbench.engine.parameters import bind
        from mesh_workbench.engine.session import view_of

        target = connection if connection is not None else duckdb.default_connection()
        self._demand_files()
        with reading(self.port):
            view = view_of(target, self.port)
        if not self._narrowed.steps:
            return target.sql(view)
        values = self._narrowed.values
        sql = self._narrowed.over(f"(\n{view}\n)")
        return target.sql(sql, params=bind(tuple(values), values)) if values else target.sql(sql)

    def head(self, rows: int = _SHOWN_ROWS) -> pyarrow.Table:
        """The first rows, reading no more than needed."""
        if self._narrowed.steps:
            return self.limit(rows).arrow()
        with reading(self.port):
            return self._dataset().head(rows) if self.port.files else self.schema.empty_table()

    @property
    def whole(self) -> bool:
        """Whether it is the port as it is: no rows or columns were left out."""
        return not self._narrowed.steps

    def _smaller(self, narrowed: Narrowed) -> Relation:
        return Relation(self.port, self.provenance, narrowed=narrowed, large_gb=self._large_gb)

    def _dataset(self) -> Any:
        from pyarrow import dataset

        return dataset.dataset(self.port.files, schema=self._whole, format="parquet")

    def _scanned(self) -> Iterator[Any]:
        with reading(self.port):
            yield from self._dataset().to_batches(batch_size=_BATCH_ROWS, batch_readahead=2, fragment_readahead=1)

    def _demand_files(self) -> None:
        """For what is read by others later, who would say in other words that files are gone."""
        gone = missing([self.port])
        if gone is not None:
            raise gone

    def _statement(self) -> str:
        return self._narrowed.over(f'"{self.port.product}.{self.port.port}"')

    def _read(self, statement: str) -> pyarrow.RecordBatchReader:
        """What a statement over this port gives, in a session that can read nothing else."""
        from mesh_workbench.engine.execute import execute
        from mesh_workbench.engine.statement import parse

        parsed = parse(statement)
        ports = [self.port] * len(parsed.names)
        return execute(parsed, ports, self._narrowed.values, _sessions()).reader

    def _watched(self) -> Any:
        """The batches of a filtered relation: how many there are shows only while they come."""
        size, told = 0, not self._narrowed.filtered
        for batch in self.batches():
            size += batch.nbytes
            if not told and self._large_gb and size > self._large_gb * 1e9:
                told = True
                self._warn(f"has more than {size / 1e9:.1f} GB in memory already", ".batches()")
            yield batch

    def _warn_when_large(self, instead: str) -> None:
        """Say how large the frame will be, before anything of it is read but a few rows."""
        rows, large = self._narrowed.rows, self._large_gb * 1e9
        if not large or rows * len(self.columns) * 8 < large / 8:
            return
        head = self.limit(_SAMPLE_ROWS).batches().read_all()
        size = head.nbytes / max(1, head.num_rows) * rows
        if size > large:
            stored = f"{self.port.bytes / 1e9:.1f} GB stored, " if self.port.bytes else ""
            self._warn(f"has {rows:,} rows: {stored}about {size / 1e9:.1f} GB in memory", instead)

    def _warn(self, what: str, instead: str) -> None:
        name = f"{self.port.product}.{self.port.port}"
        advice = f".select(…) and .filter(…) make it smaller; {instead} does not need it in memory."
        warnings.warn(f"{name} {what}. {advice}", LargeFrameWarning, stacklevel=4)

    def _shown(self) -> Shown:
        head = self.head()
        return Shown(
            columns=head.column_names,
            types=type_names(head.schema),
            rows=json_rows(head),
            total=None if self._narrowed.filtered else self._narrowed.rows,
            provenance=self.provenance,
        )

    def __repr__(self) -> str:
        return as_text(self._shown())

    def _repr_html_(self) -> str:
        return as_html(self._shown())

    def _repr_markdown_(self) -> str:
        return as_markdown(self._shown())


@functools.cache
def _sessions() -> Sessions:
    """The sessions in which smaller relations are read."""
    from mesh_workbench.engine.sessions import Sessions

    return Sessions(spare=False)


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    """Where lazy frames with a filter of ours come from."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection
