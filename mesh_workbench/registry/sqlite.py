"""SQLite as a registry: write-ahead log, transactions that begin IMMEDIATE, and no network file systems."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.registry.database import WRITES
from mesh_workbench.registry.failures import UNREACHABLE, unavailable
from mesh_workbench.registry.mounts import NETWORK_FILE_SYSTEMS, file_system_of

BUSY_TIMEOUT_S = 15.0


def file_of(url: URL) -> Path:
    """The file of a SQLite URL. Raises InvalidInput `registry.in-memory` when it names none."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise InvalidInput(
            "registry.in-memory",
            "A registry cannot live in memory: other processes must see it.",
            hint="Name a file, for example sqlite:///registry.db.",
        )
    return Path(url.database).absolute()


def check_place(file: Path, mounts: str | None = None) -> None:
    """Raise Unavailable `registry.network-file-system` or `registry.unreachable` when `file` cannot be a registry.

    `mounts` is the system's table of mounts, read when it is not given.
    """
    if not file.parent.is_dir():
        raise Unavailable(
            UNREACHABLE, f"The folder of the registry {file} does not exist.", hint="Create it, or correct mesh.toml."
        )
    kind = file_system_of(file, mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise Unavailable(
            "registry.network-file-system",
            f"The registry {file} is on a network file system ({kind}), where SQLite loses data.",
            hint='Keep it on a local disk, or use PostgreSQL: registry = "postgresql://…" in mesh.toml.',
        )


def engine_for(file: Path, *, pooled: bool = True, foreign_keys: bool = True) -> Engine:
    """An engine for `file`, which need not exist yet."""
    pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_timeout": BUSY_TIMEOUT_S} if pooled else {}
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        **(pool or {"poolclass": NullPool}),
    )

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")  # a plan must be on disk before the tables are touched
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which lasts. SQLite does not wait here by itself when others open the file."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def copy_to(file: Path, target: Path) -> None:
    """Copy a registry, also while it is in use; the target appears only when it is complete.

    Raises Unavailable `registry.backup-failed`.
    """
    partial = target.with_name(f"{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            "registry.backup-failed", f"{target} cannot be written: {error}.", hint="Choose a place that has room."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


class SameFile:
    """Asserts that the file is still the one that was opened: SQLite would go on writing into a deleted one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._inode = file.stat().st_ino

    def __call__(self) -> None:
        try:
            inode = self._file.stat().st_ino
        except OSError as error:
            raise unavailable(UNREACHABLE, str(self._file), error.strerror or "") from error
        if inode != self._inode:
            raise unavailable(UNREACHABLE, str(self._file), "the file was replaced; open the registry again")
