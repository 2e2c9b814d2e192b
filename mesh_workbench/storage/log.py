"""The log of a Delta table as files: one commit, read as it is written, and entries that are not needed any more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

from mesh_workbench.errors import Unavailable
from mesh_workbench.storage.base import Commit

_ENTRY = re.compile(r"(\d{20})\.(?:json|crc|checkpoint\.(?:.+\.)?(?:parquet|json))")


def checkpoints(log: Path) -> list[int]:
    """The versions that can be opened without what came before them."""
    return sorted(int(file.name[:20]) for file in log.glob("*.checkpoint.parquet") if file.name[:20].isdigit())


def last_checkpoint(log: Path) -> int:
    """Version of the last checkpoint; 0 before the first, or when the pointer to it is broken."""
    try:
        return int(json.loads((log / "_last_checkpoint").read_text())["version"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0


def spare(log: Path, version: int) -> list[Path]:
    """Entries before the checkpoint from which `version` is opened, the oldest first.

    In this order what is left is always the end of a log, however far somebody who deletes them comes.
    """
    # readers begin where the pointer says, so that this checkpoint stays even if a later one is there
    starts = [start for start in checkpoints(log) if start <= min(version, last_checkpoint(log))]
    if not starts:
        return []
    numbers = ((file, _ENTRY.fullmatch(file.name)) for file in log.iterdir())
    return sorted(file for file, found in numbers if found and int(found[1]) < starts[-1])


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
