"""Making and upgrading the tables, all in one transaction and under a lock.

- Many processes may do it at once: SQLite's transaction begins IMMEDIATE, PostgreSQL takes an advisory lock; who comes
  second finds the work done.
- Killed half-way, the database is as before: both databases undo changes of tables.
- A SQLite file is copied beside itself before an upgrade.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from mesh_workbench.errors import Broken
from mesh_workbench.registry.postgres import engine_for as postgresql_engine
from mesh_workbench.registry.revisions import REVISIONS, revision_of
from mesh_workbench.registry.sqlite import copy_to, file_of
from mesh_workbench.registry.sqlite import engine_for as sqlite_engine

_LOCK = 0x6D657368  # "mesh"


def migrate(url: URL, place: str, *, to: str = "head") -> None:
    """Bring the tables at `url` to revision `to`. Raises Unavailable `registry.too-new`, and errors of SQLAlchemy."""
    if url.get_backend_name() == "sqlite":
        # Tables are rebuilt to change them, which must not set off what foreign keys cascade.
        file = file_of(url)
        engine = sqlite_engine(file, pooled=False, foreign_keys=False)
    else:
        file = None
        engine = postgresql_engine(url, pooled=False)
    try:
        with engine.connect() as connection, connection.begin():
            _upgrade(connection, place, file, to)
    finally:
        engine.dispose()


def _upgrade(connection: Connection, place: str, file: Path | None, to: str) -> None:
    if file is None:
        # Another process may upgrade a large database meanwhile: that wait has no limit.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found = revision_of(connection, place)
    if found == (REVISIONS[-1] if to == "head" else to):
        return
    if file is not None and found is not None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        copy_to(file, file.with_name(f"{file.name}.{found}-{moment}.backup"))
    config = Config()
    config.set_main_option("script_location", "mesh_workbench.registry:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if file is not None:
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise Broken(
                "registry.upgrade-failed",
                f"The upgrade of {place} would leave {len(broken)} rows that point nowhere; it was undone.",
                hint="Nothing was changed; go back to the version before.",
            )
