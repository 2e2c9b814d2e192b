"""Processes of runs on this machine that nobody waits for any more: found by what a kernel is told, and ended.

A kernel and all that it starts carry the folder of their run in their environment. A process is known by its number
and the moment at which it started, so that one which got the number of another later is never taken for it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.model.run import RunState
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE

if TYPE_CHECKING:
    import psutil

    from mesh_workbench.registry import Registry

FAREWELL_S = 10.0
"""Seconds after its end in which the processes of a run may still be on their way out."""


@dataclass(frozen=True)
class OfRun:
    """A process of a run."""

    run_id: str
    pid: int
    name: str
    process: psutil.Process

    def end(self) -> bool:
        """Kill it; whether it was still there."""
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            self.process.kill()
            return True
        return False


def processes_of(runs: Path, run_id: str | None = None) -> list[OfRun]:
    """The processes of one run, or of all whose folders are in `runs`."""
    import psutil

    found = []
    for process in psutil.process_iter(["name"]):
        try:
            folder = Path(process.environ().get(RUN_FOLDER_VARIABLE, ""))
        except psutil.Error:  # gone meanwhile, or somebody else's
            continue
        if folder.parent == runs and run_id in (None, folder.name) and process.pid != os.getpid():
            found.append(OfRun(folder.name, process.pid, str(process.info["name"]), process))
    return found


def orphans(registry: Registry, candidates: Iterable[OfRun]) -> list[OfRun]:
    """Those whose run is over or back in the queue, and has been for a moment."""
    now = registry.now()
    left = []
    for each in candidates:
        run = registry.runs.get(each.run_id)
        if run is None or not (run.state.final or run.state is RunState.QUEUED):
            continue  # it goes on, or is of another registry
        ended = run.finished or max((attempt.finished or attempt.started for attempt in run.attempts), default=None)
        if ended is None or now - ended > timedelta(seconds=FAREWELL_S):
            left.append(each)
    return left
