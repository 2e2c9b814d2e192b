"""Processes: none of a run that is over goes on, on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.run import RunState
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE

_FAREWELL_S = 10.0
"""Seconds after its end in which the processes of a run may still be on their way out."""


def left(scene: Scene) -> Iterator[Problem]:
    for pid, name, run_id in _of_runs(scene):
        run = scene.registry.runs.get(run_id)
        if run is None or not (run.state.final or run.state is RunState.QUEUED):
            continue
        ended = run.finished or max((attempt.finished or attempt.started for attempt in run.attempts), default=None)
        if ended is None or (scene.registry.now() - ended).total_seconds() > _FAREWELL_S:
            yield Problem(
                subject=str(pid),
                product=run.product,
                message=f"{name} was started by {run_id}, which is {run.state.value}.",
                repairable=True,
            )


def kill(scene: Scene, problem: Problem) -> str:
    import psutil

    for pid, _, _ in _of_runs(scene):
        if str(pid) == problem.subject:
            try:
                psutil.Process(pid).kill()
            except psutil.NoSuchProcess:
                return "It is gone."
            return "It was killed."
    return ""


def _of_runs(scene: Scene) -> Iterator[tuple[int, str, str]]:
    """Number and name of every process that carries the mark of a run of this workbench, and the run's id."""
    import psutil

    for process in psutil.process_iter(["name"]):
        try:
            folder = Path(process.environ().get(RUN_FOLDER_VARIABLE, ""))
        except psutil.Error:  # gone meanwhile, or somebody else's
            continue
        if folder.parent == scene.storage.runs and process.pid != os.getpid():
            yield process.pid, str(process.info["name"]), folder.name
