"""Where answers come from: inside a run only what run.json lists, in front of a person the workbench."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench import settings
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort
    from mesh_workbench.workbench.protocol import Workbench


def ask(request: QueryRequest, frames: Mapping[str, pyarrow.Table | ResolvedPort]) -> Answer:
    """The answer to a question, with what names without a domain stand for.

    Raises `query.*`, inside a run also `run.undeclared-input` and `run.pinned-input`."""
    folder = os.environ.get(RUN_FOLDER_VARIABLE)
    if folder:
        from mesh_workbench.magics.inside_run import answer

        return answer(Path(folder), request, frames)
    return workbench().query.sql(request, frames=frames)


def inside_run() -> bool:
    """Whether this is the kernel of a run."""
    return bool(os.environ.get(RUN_FOLDER_VARIABLE))


def workbench() -> Workbench:
    """The workbench of this kernel. Raises NotFound `workbench.not-found`."""
    from mesh_workbench.workbench.current import current_workbench

    return current_workbench()


def display_rows() -> int:
    """How many rows of an answer are shown."""
    if os.environ.get(RUN_FOLDER_VARIABLE):
        return 20
    return _settings(settings.find_root()).display_rows


@functools.lru_cache(maxsize=4)
def _settings(root: Path) -> settings.Settings:
    return settings.load(root)
