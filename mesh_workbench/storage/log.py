"""One commit of a Delta log, read as it is written, without the library that wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

from mesh_workbench.errors import Unavailable
from mesh_workbench.storage.base import Commit


def commit_of(file: Path) -> Commit:
    """The commit in a file of a log, called by its version. Raises Unavailable `storage.bad-log`, OSError."""
    added: list[str] = []
    removed: list[str] = []
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if "add" in action:
                added.append(unquote(action["add"]["path"]))
            elif "remove" in action:
                removed.append(unquote(action["remove"]["path"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            "storage.bad-log",
            f"{file.name} in the log of {file.parent.parent} is not a commit: {error}.",
            hint="Restore this file from a backup of the storage.",
            where=str(file),
        ) from error
    return Commit(version=int(file.stem), added=tuple(added), removed=tuple(removed))
