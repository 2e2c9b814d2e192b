"""Why runs wait: their place in the queue, and what it is that must happen first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mesh_workbench.model.queue import QueueLimits, Waiting
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.status import Worker
from mesh_workbench.registry.queue import Load
from mesh_workbench.workbench.context import Context


def placed(context: Context, runs: Sequence[Run]) -> list[Run]:
    """The runs, those that wait with their place in the queue. One look at the queue, whatever the number of runs."""
    waiting = [run for run in runs if run.state is RunState.QUEUED]
    if not waiting:
        return list(runs)
    registry = context.registry
    workers, load, now = context.workers(), registry.runs.load(), registry.now()
    # Workers of single people each serve a queue of their own.
    common = any(worker.identity == "*" for worker in workers)
    positions: dict[str, int] = {}
    for identity in [None] if common else sorted({run.acting_identity for run in waiting}):
        positions |= registry.runs.positions([run.id for run in waiting], identity)
    limits = QueueLimits.of(context.settings)
    places = {
        run.id: Waiting(position=positions.get(run.id), reason=_reason(run, workers, load, limits, now))
        for run in waiting
    }
    return [run.model_copy(update={"waiting": places[run.id]}) if run.id in places else run for run in runs]


def _reason(run: Run, workers: Sequence[Worker], load: Load, limits: QueueLimits, now: datetime) -> str:
    if run.not_before is not None and run.not_before > now:
        return f"Attempt {len(run.attempts) + 1} begins at {run.not_before:%H:%M:%S} UTC."
    takers = [worker for worker in workers if worker.takes(run.acting_identity)]
    if not takers:
        return f"No worker is alive that takes runs of {run.acting_identity}: start `mesh worker`."
    for name in (run.product, run.product.partition(".")[0]):
        if limits.reached(name, load.running[name]):
            return f"{name} has {load.running[name]} runs at work, and no more than {limits.of_name(name)} are allowed."
    free = sum(max(0, worker.slots - worker.busy) for worker in takers)
    if free == 0:
        return f"Every place of the workers is taken ({sum(worker.slots for worker in takers)} in all)."
    return "A worker takes it in a moment."
