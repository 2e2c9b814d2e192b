"""The engine that evaluation runs on: one locked DuckDB that sees the candidate's rows and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mesh_workbench.contracts.apart import Apart
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.columntype import ColumnType, type_of
from mesh_workbench.contracts.query import RELATION
from mesh_workbench.contracts.views import STAGED, is_table, make_views
from mesh_workbench.engine.guard import check
from mesh_workbench.engine.objects import Objects, is_url
from mesh_workbench.engine.session import Limits, escaped, literal, open_instance, quoted
from mesh_workbench.engine.temporary import TemporaryFolder
from mesh_workbench.errors import Conflict, Unavailable

if TYPE_CHECKING:
    import pyarrow

_PIECE = 1_000_000
_LOOK_S, _AGAIN_S = 0.5, 0.02
"""Seconds between two looks whether a check is given up, and between two interruptions of one that is."""


class Database:
    """Relations of one candidate. `columns` are those of its staged rows, `foreign` maps relations to views.

    `spare_bytes` of memory are left by the engine to whoever works beside it; `apart` answers queries there. Whatever
    reads rows raises what object storage complains about, if that is where they are, besides duckdb.Error.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        candidate: Candidate,
        foreign: dict[str, str],
        *,
        spare_bytes: int,
        folder: Path,
    ) -> None:
        self._connection = connection
        self._objects = candidate.objects
        self._over = threading.Event()
        self.foreign = foreign
        self.spare_bytes = spare_bytes
        self.apart = Apart(candidate, folder, spare_bytes, given_up=self._over.is_set)
        self.columns: dict[str, ColumnType] = self.describe(STAGED)

    def describe(self, relation: str) -> dict[str, ColumnType]:
        return {str(row[0]): type_of(str(row[1])) for row in self.rows(f"DESCRIBE {relation}")}

    def rows(
        self, query: str, parameters: Sequence[object] = (), *, limit: int = 1_000_000, timeout_s: float = 0
    ) -> list[tuple[object, ...]]:
        """The first `limit` rows of an answer. Raises duckdb.Error; InterruptException after `timeout_s`."""
        with storage_faults(self._objects), self._timer(timeout_s):
            return self._connection.execute(query, list(parameters)).fetchmany(limit)

    @contextmanager
    def given_up(self, when: Callable[[], bool]) -> Iterator[None]:
        """Interrupts whatever runs inside from the moment on at which `when`, asked again and again, says yes.

        Raises Conflict `contract.given-up` when that ends the block early.
        """
        over = threading.Event()

        def look() -> None:
            pause = _LOOK_S
            while not over.wait(pause):
                if pause < _LOOK_S or when():
                    self._over.set()
                    self._connection.interrupt()
                    pause = _AGAIN_S

        watch = threading.Thread(target=look, name="mesh-check-watch", daemon=True)
        watch.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise Conflict("contract.given-up", "The check was given up.", hint="Run again to check it.") from error
        finally:
            over.set()
            watch.join()

    @contextmanager
    def _timer(self, timeout_s: float) -> Iterator[None]:
        """Interrupts what runs inside after `timeout_s`; 0 lets it run."""
        if not timeout_s:
            yield
            return
        timer = threading.Timer(timeout_s, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def answer(self, query: str, *, timeout_s: float) -> list[dict[str, object]]:
        """The first two rows of a query of which nothing is known, by column. Raises as `rows`."""
        with storage_faults(self._objects), self._timer(timeout_s):
            self._connection.abort()  # nothing of an earlier answer may be left unread
            for batch in self._connection.sql(query).to_arrow_reader(2):
                return list(batch.slice(0, 2).to_pylist())
        return []

    def stream(self, query: str) -> Iterator[pyarrow.RecordBatch]:
        """The rows of an answer piece by piece: never all of them are in memory. Raises duckdb.Error."""
        with storage_faults(self._objects):
            self._connection.abort()  # nothing of an earlier answer may be left unread
            yield from self._connection.sql(query).to_arrow_reader(_PIECE)

    def show(self, name: str, table: pyarrow.Table) -> str:
        """Make a small table visible, and tell the relation by which queries name it."""
        self._connection.abort()
        self._connection.register(name, table)
        return quoted(name)

    def runs_pattern(self, pattern: str) -> bool:
        """Whether the engine can run this regular expression."""
        try:
            self._connection.execute("SELECT regexp_matches('', ?)", [pattern])
        except duckdb.Error:
            return False
        return True

    def guard(self, query: str) -> frozenset[str]:
        """Refuse a query that is more than one SELECT over the candidate, and tell the functions that it calls.

        Raises Forbidden or InvalidInput.
        """
        return check(self._connection, query, {RELATION})


@contextmanager
def storage_faults(objects: Objects) -> Iterator[None]:
    """Raises what object storage complained about in place of what DuckDB makes of it."""
    try:
        yield
    except duckdb.Error as error:
        if objects.failure is not None:
            raise objects.failure from error
        raise


@contextmanager
def open_database(candidate: Candidate, *, memory_limit: str) -> Iterator[Database]:
    """A database over the candidate, locked: no other files, no extensions, no change of settings.

    Raises Unavailable `contract.data-unreadable`, InvalidInput `contract.no-columns` and `frame.duplicate-column`, and
    what object storage complains about.
    """
    with closing(TemporaryFolder("check")) as spill, open_instance(Limits()) as connection:
        spare = _divide(connection, memory_limit)
        connection.execute("SET errors_as_json = false")
        connection.execute(f"SET temp_directory = {literal(str(spill.path))}")
        files = {*candidate.files, *candidate.staged}
        files |= {file for data in candidate.foreign.values() if not is_table(data) for file in data}
        if files:
            spellings = sorted(files | {escaped(file) for file in files})
            connection.execute(f"SET allowed_paths = [{', '.join(map(literal, spellings))}]")
        if any(map(is_url, files)):
            from mesh_workbench.engine.object_files import ObjectFiles

            connection.register_filesystem(ObjectFiles(candidate.objects))
        try:
            with storage_faults(candidate.objects):
                foreign = make_views(connection, candidate)
                candidate.check_names()
        except duckdb.Error as error:
            raise Unavailable(
                "contract.data-unreadable",
                f"The data to check cannot be read: {str(error).splitlines()[0]}",
                hint="The files must exist and be whole: run again to write them anew.",
            ) from error
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        database = Database(connection, candidate, foreign, spare_bytes=spare, folder=spill.path)
        try:
            yield database
        finally:
            database.apart.close()


def _divide(connection: duckdb.DuckDBPyConnection, memory_limit: str) -> int:
    """Give the engine three quarters of the memory, and tell how many bytes are left for sorting keys."""
    connection.execute(f"SET memory_limit = {literal(memory_limit)}")
    found = connection.execute("SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'").fetchone()
    size = _bytes(str(found[0])) if found else 0
    connection.execute(f"SET memory_limit = '{3 * size // 4} bytes'")
    return size // 4


def _bytes(text: str) -> int:
    """`1.8 GiB` in bytes, as the engine writes sizes."""
    number, _, unit = text.partition(" ")
    powers = {"bytes": 0, "byte": 0, "KiB": 1, "MiB": 2, "GiB": 3, "TiB": 4, "PiB": 5}
    return int(float(number) * 1024 ** powers[unit])
