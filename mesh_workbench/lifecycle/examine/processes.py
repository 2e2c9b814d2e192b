"""Processes: none of a run that is over goes on, on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.lifecycle.orphans import orphans, processes_of
from mesh_workbench.model.examination import Problem


def left(scene: Scene) -> Iterator[Problem]:
    for orphan in orphans(scene.registry, processes_of(scene.storage.runs)):
        run = scene.registry.runs.get(orphan.run_id)
        if run is not None:
            yield Problem(
                subject=str(orphan.pid),
                product=run.product,
                message=f"{orphan.name} was started by {run.id}, which is {run.state.value}.",
                repairable=True,
            )


def kill(scene: Scene, problem: Problem) -> str:
    for orphan in processes_of(scene.storage.runs):
        if str(orphan.pid) == problem.subject:
            return "It was killed." if orphan.end() else "It is gone."
    return ""
