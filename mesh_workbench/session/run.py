"""The run that this kernel belongs to, if it belongs to one."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mesh_workbench.errors import Unavailable
from mesh_workbench.model.runfolder import RUN_FILE, RUN_FOLDER_VARIABLE, RunFolder


@dataclass(frozen=True)
class CurrentRun:
    """A run, seen from inside its kernel."""

    folder: Path
    document: RunFolder


def current_run() -> CurrentRun | None:
    """The run of this kernel; None in front of a person. Raises Unavailable `run.bad-folder`."""
    folder = os.environ.get(RUN_FOLDER_VARIABLE)
    return _load(folder) if folder else None


@functools.lru_cache(maxsize=4)
def _load(folder: str) -> CurrentRun:
    file = Path(folder) / RUN_FILE
    try:
        return CurrentRun(Path(folder), RunFolder.model_validate_json(file.read_bytes()))
    except (OSError, ValidationError) as error:
        raise Unavailable(
            "run.bad-folder",
            f"{RUN_FOLDER_VARIABLE} names {folder}, whose {RUN_FILE} cannot be read: {error}.",
            hint="Only a worker sets that variable; remove it from your environment.",
        ) from error
