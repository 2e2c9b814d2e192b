"""Opening a registry: reach it, and see to it that its tables are those of this version of the code."""

from __future__ import annotations

from sqlalchemy import exc, make_url
from sqlalchemy.engine import URL

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.registry.database import Database
from mesh_workbench.registry.failures import UNREACHABLE, translated
from mesh_workbench.registry.postgres import engine_for as postgresql_engine
from mesh_workbench.registry.postgres import place_of
from mesh_workbench.registry.registry import Registry
from mesh_workbench.registry.revisions import REVISIONS, revision_of
from mesh_workbench.registry.sqlite import SameFile, check_place, file_of
from mesh_workbench.registry.sqlite import engine_for as sqlite_engine


def open_registry(url: str, *, create: bool = True) -> Registry:
    """Open the registry at `url`: `sqlite:///FILE` (absolute) or `postgresql://…`.

    With `create` its tables are made or upgraded first, under a lock, so that many processes may open one at once; a
    SQLite file is backed up beside itself before an upgrade. Without, they must be up to date.

    Raises InvalidInput `registry.wrong-url`, `registry.in-memory`; Unavailable `registry.unreachable`,
    `registry.network-file-system`, `registry.no-driver`, `registry.too-new` (written by a newer version),
    `registry.outdated` (only without `create`), and what any use of it may raise.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, create)
    engine, place = postgresql_engine(parsed), place_of(parsed)
    return _opened(Database(engine, place, _always), parsed, create)


def parse_url(url: str) -> URL:
    """The URL, if it can be one of a registry. Raises InvalidInput `registry.wrong-url`, without repeating it."""
    hint = "Write sqlite:///FILE or postgresql://USER@HOST/DATABASE."
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):  # what they say may repeat the password
        raise InvalidInput("registry.wrong-url", "The registry's URL cannot be read.", hint=hint) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        kind = parsed.get_backend_name()
        raise InvalidInput("registry.wrong-url", f"A registry cannot be kept in {kind!r}.", hint=hint)
    return parsed


def _open_sqlite(url: URL, create: bool) -> Registry:
    file = file_of(url)
    check_place(file)
    if not file.exists():
        if not create:
            raise Unavailable(UNREACHABLE, f"There is no registry at {file}.", hint="Run `mesh init` to make one.")
        _migrate(url, str(file))
    return _opened(Database(sqlite_engine(file), str(file), SameFile(file)), url, create)


def _opened(database: Database, url: URL, create: bool) -> Registry:
    registry = Registry(database)
    try:
        found = _revision(database)
        if found != REVISIONS[-1]:
            if not create:
                raise Unavailable(
                    "registry.outdated",
                    f"The registry {database.place} was made by an older version.",
                    hint="Run `mesh registry upgrade`.",
                )
            _migrate(url, database.place)
    except BaseException:
        registry.close()
        raise
    return registry


def _revision(database: Database) -> str | None:
    """The revision of the tables, None when there are none. Raises Unavailable `registry.too-new`."""
    with database.read() as connection:
        return revision_of(connection, database.place)


def _migrate(url: URL, place: str) -> None:
    from mesh_workbench.registry.migrate import migrate  # Alembic takes a while to import

    with translated(place):
        migrate(url, place)


def _always() -> None:
    """A server has no file that could be replaced behind our back."""
