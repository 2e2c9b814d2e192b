"""Revisions of the tables: which this code knows, and which a database has."""

from __future__ import annotations

from sqlalchemy import Connection, text

from mesh_workbench.errors import Unavailable

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
)
"""Oldest first, as in `migrations/versions`; the last is the one of this code."""


def revision_of(connection: Connection, place: str) -> str | None:
    """The revision of the tables, None when there are none. Raises Unavailable `registry.too-new`."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise Unavailable(
            "registry.too-new",
            f"The registry {place} was made by a newer version (its tables are at {found}).",
            hint="Install the newest mesh-workbench here.",
        )
    return found
