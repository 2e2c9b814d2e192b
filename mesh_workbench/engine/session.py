"""A locked DuckDB session over an exact list of files.

- The instance is opened without files, given its list (`allowed_paths`), its views, and is then locked for good:
  no other file, no network, no extension, no setting can be reached by whatever runs in it (DuckDB 2.0, tried).
- `allowed_paths` would still let COPY overwrite an allowed file, and settings and catalog could be read. So the
  session runs nothing that `guard` has not seen.
- DuckDB expands *, ? and [ in file names. They are escaped, and both spellings are allowed, because the check looks
  at the name before and after the expansion.
- A cursor is a connection of its own on the same instance: statements can run side by side.
"""

from __future__ import annotations

import functools
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from mesh_workbench.engine.guard import check
from mesh_workbench.engine.schema import schema_of, type_names
from mesh_workbench.engine.temporary import TemporaryFolder

if TYPE_CHECKING:
    from mesh_workbench.model.query import ResolvedPort

_REMEMBERED = 256


@dataclass(frozen=True)
class Limits:
    """What one session may use. None leaves DuckDB's default, which is right for a person's own kernel."""

    memory: str | None = None
    disk: str | None = None
    threads: int | None = None
    timeout_s: float | None = None


def relation_name(port: ResolvedPort) -> str:
    """Name of the view in a session that holds `port` at its release, or what of it is about a slot."""
    return f"{port.product}.{port.port}#{port.release}{f' {port.slot}' if port.slot else ''}"


def open_instance(limits: Limits) -> duckdb.DuckDBPyConnection:
    """A DuckDB instance in memory that loads no extension and sees no Python variable; not locked yet.

    Settings are global, because every cursor is a connection of its own.
    """
    connection = duckdb.connect(":memory:")
    settings = [
        "SET GLOBAL autoinstall_known_extensions = false",
        "SET GLOBAL autoload_known_extensions = false",
        "SET GLOBAL allow_community_extensions = false",
        "SET GLOBAL python_enable_replacements = false",
        "SET enable_progress_bar = false",
        "SET GLOBAL errors_as_json = true",
        "SET GLOBAL parquet_metadata_cache = true",  # the files of a release never change
        "SET GLOBAL TimeZone = 'UTC'",
        f"SET GLOBAL temp_directory = {literal(str(_spill().path))}",
    ]
    if limits.memory:
        settings.append(f"SET GLOBAL memory_limit = {literal(limits.memory)}")
    if limits.disk:
        settings.append(f"SET GLOBAL max_temp_directory_size = {literal(limits.disk)}")
    if limits.threads:
        settings.append(f"SET GLOBAL threads = {int(limits.threads)}")
    if limits.timeout_s:
        settings.append(f"SET GLOBAL max_execution_time = {max(1, int(limits.timeout_s * 1000))}")
    connection.execute("; ".join(settings))
    return connection


@functools.cache
def _spill() -> TemporaryFolder:
    """Where this process spills to: a private folder, gone with the process, and never the person's own."""
    return TemporaryFolder("query")


class Session:
    """A locked instance in which the given ports, and nothing else, can be read."""

    def __init__(self, instance: duckdb.DuckDBPyConnection, ports: Sequence[ResolvedPort]) -> None:
        self.relations = frozenset(relation_name(port) for port in ports)
        self._instance = instance
        self._checked: OrderedDict[tuple[str, frozenset[str]], None] = OrderedDict()
        self._lock = threading.Lock()
        files = [spelling for port in ports for file in port.files for spelling in {file, escaped(file)}]
        instance.execute(f"SET allowed_paths = [{', '.join(map(literal, files))}]")
        instance.execute("SET enable_external_access = false")
        for port in {relation_name(port): port for port in ports}.values():
            instance.execute(f"CREATE VIEW {quoted(relation_name(port))} AS {view_of(instance, port)}")
        # NOTE: progress is counted where a connection was told so, which the lock forbids for later ones.
        self._counting = instance.cursor()
        self._counting.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        self._free: list[duckdb.DuckDBPyConnection] = [self._counting]
        instance.execute("SET lock_configuration = true")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection to this session for one statement, to `give_back`. It is not guarded: see `checked`.

        The one that counts its progress, when nobody has it; else a new one.
        """
        try:
            return self._free.pop()
        except IndexError:
            return self._instance.cursor()

    def give_back(self, cursor: duckdb.DuckDBPyConnection, frames: Iterable[str] = ()) -> None:
        """Take back a cursor with nothing running on it, without the `frames` that were registered on it."""
        if cursor is not self._counting:
            cursor.close()
            return
        for name in frames:
            cursor.unregister(name)
        self._free.append(cursor)  # without the lock: a reader that is collected as garbage ends up here too

    def checked(self, sql: str, frames: Iterable[str] = ()) -> str:
        """`sql` itself, when `guard` lets it pass (remembered). Raises Forbidden and DuckDB's parser error.

        `frames` are relations that the statement may read besides, on its own cursor.
        """
        own = frozenset(frames)
        with self._lock:
            if (sql, own) in self._checked:
                self._checked.move_to_end((sql, own))
                return sql
            check(self._instance, sql, self.relations | own)
            self._checked[sql, own] = None
            if len(self._checked) > _REMEMBERED:
                self._checked.popitem(last=False)
        return sql


def view_of(connection: duckdb.DuckDBPyConnection, port: ResolvedPort) -> str:
    """A SELECT of the port's columns in its own types, whatever the files of older versions look like."""
    schema = schema_of(port)
    promised = dict(zip(schema.names, type_names(schema), strict=True))
    if not port.files:
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in promised.items())
        return f"SELECT {columns} WHERE false"
    source = scan(connection, port.files)
    relation = connection.sql(f"SELECT * FROM {source}")  # noqa: S608 - names are quoted
    there = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    columns = ", ".join(_column(name, kind, there.get(name)) for name, kind in promised.items())
    return f"SELECT {columns} FROM {source}"  # noqa: S608 - names are quoted


def _column(name: str, promised: str, there: str | None) -> str:
    column = exact(name, there) if there else "NULL"
    return f"{column if there == promised else f'CAST({column} AS {promised})'} AS {quoted(name)}"


def exact(name: str, kind: str, *, doubtful: bool = False) -> str:
    """The column of a Parquet file, floats and what is `doubtful` in a form of which DuckDB knows no statistics.

    It takes those in footers for the bounds of all values, and NaN is left out of them: rows with NaN would be lost
    from `x > 1` and `isnan(x)`, and NaN from `max(x)` (https://github.com/duckdb/duckdb/issues/25521).
    """
    column = quoted(name)
    if kind in ("FLOAT", "DOUBLE") or (doubtful and kind.isalnum()):
        return f"CASE WHEN {column} IS NOT NULL THEN {column} END"
    nested = doubtful or "FLOAT" in kind or "DOUBLE" in kind
    return f"list_first([{column}])" if nested else column  # CASE would keep the statistics of elements


def scan(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> str:
    """The `read_parquet` of `files`. Files of one shape are read without looking into every footer each time."""
    names = f"[{', '.join(literal(escaped(file)) for file in files)}]"
    if len(files) == 1:
        return f"read_parquet({names})"
    shape = "SELECT list([name, type, CAST(logical_type AS VARCHAR)] ORDER BY name) AS shape"
    sql = f"SELECT count(DISTINCT shape) FROM ({shape} FROM parquet_schema({names}) GROUP BY file_name)"  # noqa: S608
    alike = connection.execute(sql).fetchall() == [(1,)]
    return f"read_parquet({names})" if alike else f"read_parquet({names}, union_by_name = true)"


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def escaped(file: str) -> str:
    """`file` with the characters escaped that DuckDB would expand."""
    return re.sub(r"[\[*?]", lambda match: f"[{match.group()}]", file)
