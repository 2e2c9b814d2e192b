"""Executing a statement over resolved ports, as a stream of Arrow batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow

from mesh_workbench.engine.explain import Columns, explain
from mesh_workbench.engine.local import Frame
from mesh_workbench.engine.parameters import bind
from mesh_workbench.engine.patience import patiently
from mesh_workbench.engine.rewrite import Compiled
from mesh_workbench.engine.schema import schema_of
from mesh_workbench.engine.session import relation_name

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.engine.session import Session
    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import ResolvedPort

_BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Execution:
    """A running query: its rows, and how to stop it from any thread."""

    reader: pyarrow.RecordBatchReader
    cancel: Callable[[], None]


def execute(
    statement: Statement,
    sources: Sequence[ResolvedPort | Frame],
    parameters: Mapping[str, JsonValue],
    sessions: Sessions,
    *,
    limit: int | None = None,
) -> Execution:
    """The rows of `statement`, whose n-th name is read from the n-th of `sources`, at most `limit` of them.

    The rows come as they are computed; `cancel`, or dropping the reader, stops the query. Raises, also while batches
    are read: InvalidInput `query.*` that points at the wrong word, Forbidden `query.not-allowed`, Unavailable
    `query.timeout`, `query.out-of-memory`, `query.file-unreadable`, `query.cancelled`.
    """
    frames = {source.relation: source.table for source in sources if isinstance(source, Frame)}
    ports = [source for source in sources if not isinstance(source, Frame)]
    try:
        session = sessions.get(ports)
    except duckdb.Error as error:
        raise explain(error, Compiled("", (), "", ()), {}, ports) from error
    compiled = statement.over(tuple(relation_of(source) for source in sources), limit=limit)
    values = bind(compiled.parameters, parameters)
    columns = columns_of(statement, sources)
    cursor = session.cursor()
    running = _Running(session, cursor, tuple(frames), compiled, columns, tuple(ports))
    try:
        for name, table in frames.items():
            cursor.register(name, table)  # for this cursor alone
        sql = session.checked(compiled.sql, frames.keys())
        # NOTE: a relation streams, a cursor's own result would be copied as a whole (DuckDB says so in a warning).
        relation = cursor.sql(sql, params=values) if values else cursor.sql(sql)
        reader = patiently(lambda: relation.to_arrow_reader(_BATCH_ROWS), cursor.interrupt, running.progress)
        schema = reader.schema
    except duckdb.Error as error:
        explained = explain(with_place(error, cursor, compiled.sql, values), compiled, columns, ports)
        running.end()
        raise explained from error
    except BaseException:
        running.end()
        raise
    return Execution(pyarrow.RecordBatchReader.from_batches(schema, running.batches(reader, limit)), cursor.interrupt)


@dataclass(frozen=True)
class _Running:
    """A statement on its cursor."""

    session: Session
    cursor: duckdb.DuckDBPyConnection
    frames: tuple[str, ...]
    compiled: Compiled
    columns: Columns
    ports: tuple[ResolvedPort, ...]

    def progress(self) -> float | None:
        percent = self.cursor.query_progress()
        return percent / 100 if 0 <= percent <= 100 else None

    def batches(self, reader: pyarrow.RecordBatchReader, limit: int | None) -> Iterator[pyarrow.RecordBatch]:
        left = limit
        try:
            while left is None or left > 0:
                try:
                    batch = patiently(reader.read_next_batch, self.cursor.interrupt, self.progress)
                except StopIteration:
                    return
                if left is not None:
                    batch = batch.slice(0, left)
                    left -= batch.num_rows
                yield batch
        except (duckdb.Error, pyarrow.ArrowException, OSError) as error:
            raise explain(_as_duckdb(error), self.compiled, self.columns, self.ports) from error
        finally:
            self.cursor.interrupt()
            reader.close()
            self.end()

    def end(self) -> None:
        self.session.give_back(self.cursor, self.frames)


def with_place(
    error: duckdb.Error, cursor: duckdb.DuckDBPyConnection, sql: str, values: dict[str, object]
) -> duckdb.Error:
    """The same error with its place: binding through a relation loses it, binding a plain statement keeps it."""
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)):
        try:
            cursor.execute(sql, values)
        except duckdb.Error as precise:
            return precise
    return error


def _as_duckdb(error: Exception) -> duckdb.Error:
    """Errors that DuckDB raises while it streams come through Arrow, as text that begins with their kind."""
    if isinstance(error, duckdb.Error):
        return error
    text = str(error)
    for mark, kind in (
        ("INTERRUPT", duckdb.InterruptException),
        ("Out of Memory", duckdb.OutOfMemoryException),
        ("IO Error", duckdb.IOException),
        ("Conversion", duckdb.ConversionException),
        ("Out of Range", duckdb.OutOfRangeException),
    ):
        if mark in text:
            return kind(text)
    return duckdb.InvalidInputException(text)


def relation_of(source: ResolvedPort | Frame) -> str:
    """What `source` is called in the session."""
    return source.relation if isinstance(source, Frame) else relation_name(source)


def columns_of(statement: Statement, sources: Sequence[ResolvedPort | Frame]) -> dict[str, list[str]]:
    """The columns of what each name of the statement is read from, by the name."""
    schemas = [source.table.schema if isinstance(source, Frame) else schema_of(source) for source in sources]
    return {name.text: list(schema.names) for name, schema in zip(statement.names, schemas, strict=True)}
