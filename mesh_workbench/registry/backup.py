"""A copy of a registry on SQLite, made while it is in use."""

from __future__ import annotations

from pathlib import Path

from mesh_workbench.errors import Conflict, InvalidInput, Unavailable
from mesh_workbench.registry.failures import UNREACHABLE
from mesh_workbench.registry.open import parse_url
from mesh_workbench.registry.sqlite import copy_to, file_of


def back_up(url: str, target: Path) -> Path:
    """Copy the registry at `url` to the new file `target`, which appears only when it is complete.

    Raises InvalidInput `registry.not-a-file` for PostgreSQL, Conflict `registry.backup-exists`, Unavailable
    `registry.unreachable` and `registry.backup-failed`.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInput(
            "registry.not-a-file",
            "This registry is a PostgreSQL database, which brings its own backup.",
            hint="Use pg_dump, or the backup of whoever runs the server.",
        )
    file = file_of(parsed)
    if not file.exists():
        raise Unavailable(UNREACHABLE, f"There is no registry at {file}.", hint="Run `mesh init` to make one.")
    if target.exists():
        raise Conflict("registry.backup-exists", f"{target} exists already.", hint="Name another file.")
    copy_to(file, target)
    return target
