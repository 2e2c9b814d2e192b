"""The database behind a registry: its transactions and its clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, Engine, Interval, Table, func, literal, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from mesh_workbench.errors import Broken
from mesh_workbench.registry.column_types import Moment
from mesh_workbench.registry.failures import translated

Dialect = Literal["sqlite", "postgresql"]
WRITES = "mesh_writes"
"""Execution option of a connection whose transaction may write; SQLite begins it IMMEDIATE."""


@dataclass(frozen=True)
class Transaction:
    """The transaction that is open in this thread or task."""

    connection: Connection
    writes: bool


class Database:
    """Transactions on one engine. Inner ones join the one that is open in the same thread or task.

    `place` says in messages which registry it is, without a password. `still_there` is asked before each transaction.
    """

    def __init__(self, engine: Engine, place: str, still_there: Callable[[], None]) -> None:
        self.engine = engine
        self.place = place
        self.dialect = cast(Dialect, engine.dialect.name)
        self._still_there = still_there
        self._open: ContextVar[Transaction | None] = ContextVar(f"transaction-{uuid.uuid4()}", default=None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes are committed together when the outermost block ends without an error."""
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with; never waits for writers."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        current = self._open.get()
        with translated(self.place):
            if current is not None:
                if writes and not current.writes:
                    raise Broken("registry.write-in-read", "Something wrote inside a transaction that only reads.")
                yield current.connection
                return
            self._still_there()
            with self.engine.connect() as connection:
                connection = connection.execution_options(**self._options(writes))
                with connection.begin():
                    token = self._open.set(Transaction(connection, writes))
                    try:
                        yield connection
                    finally:
                        self._open.reset(token)

    def _options(self, writes: bool) -> dict[str, Any]:
        if self.dialect == "postgresql" and not writes:
            return {WRITES: False, "isolation_level": "REPEATABLE READ"}
        return {WRITES: writes}

    def clock(self, ahead_s: float = 0.0) -> ColumnElement[datetime]:
        """The database's own time, `ahead_s` seconds from now, as an expression."""
        if self.dialect == "sqlite":
            text = func.strftime("%Y-%m-%d %H:%M:%f000", "now", f"{ahead_s:+.3f} seconds")
            return type_coerce(text, Moment())
        moment = func.clock_timestamp() + literal(timedelta(seconds=ahead_s), Interval())
        return type_coerce(moment, Moment())

    def now(self) -> datetime:
        """The database's time in UTC."""
        with self.read() as connection:
            return connection.execute(select(self.clock())).scalar_one()

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that can say what to do on a conflict."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    def insert_new(self, connection: Connection, table: Table, values: dict[str, Any]) -> bool:
        """Insert a row unless one that is unique in the same way exists; say whether it was inserted.

        No error is raised on a conflict, so the transaction goes on, also on PostgreSQL. Every unique key counts: which
        of two is hit first when two processes insert at once is up to the database.
        """
        statement = self.insert(table).values(values).on_conflict_do_nothing()
        return connection.execute(statement.returning(*table.primary_key)).first() is not None
