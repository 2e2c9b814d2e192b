"""The worker: what `mesh worker` and the Jupyter server's child run."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mesh_workbench.executors.base import Limits as NotebookLimits
from mesh_workbench.lifecycle.orphans import OfRun, orphans, processes_of
from mesh_workbench.lifecycle.probe import PROBE_EVERY_S, Prober
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.lifecycle.run import Hold, Limits, RunExecution
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.limits import GB, MB
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Run
from mesh_workbench.scheduling.worker import Worker
from mesh_workbench.settings import Settings
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.housekeeper import keeping_house
from mesh_workbench.workbench.implementations import executor_of
from mesh_workbench.workbench.telling import telling

LOOK_FOR_ORPHANS_S = 60.0
_log = logging.getLogger(__name__)


def run_worker(
    root: Path | None = None,
    *,
    service: bool = False,
    stop: threading.Event,
    slots: int | None = None,
    until_idle: bool = False,
) -> None:
    """Work until `stop` is set: fire schedules, claim runs, execute them, finish what others left half done, keep
    house, tell people what happened.

    A worker takes only the runs of the person who started it; with `service` those of everybody. `until_idle` ends
    it when nothing is queued any more.
    """
    bench = open_workbench(root)
    context = bench.context
    executor = executor_of(context.settings)
    limits = limits_of(context.settings)

    retry = RetryPolicy.of(context.settings)

    def execute(run: Run, worker_id: str, attempt: int) -> None:
        RunExecution(
            registry=context.registry,
            storage=context.storage,
            executor=executor,
            resolve_inputs=lambda run, names: inputs_of(context, run, names),
            log_reads=context.read_log.add,
            hold=Hold(run, worker_id, attempt),
            limits=limits,
            retry=retry,
            in_notebook_folder=not service or context.settings.service_in_notebook_folders,
        ).execute()

    try:
        with keeping_house(context), telling(context):
            Worker(
                registry=context.registry,
                execute_run=execute,
                recover=_Sweep(context),
                identity=None if service else context.identity.name,
                slots=slots or context.settings.worker_slots,
                settings=context.settings,
                processes_of=lambda run_id: _ending(processes_of(context.storage.runs, run_id)),
            ).work(stop, until_idle=until_idle)
    finally:
        executor.close()
        bench.close()


def limits_of(settings: Settings) -> Limits:
    """What the settings let a run use."""
    return Limits(
        notebook=NotebookLimits(
            start_s=settings.kernel_start_timeout_s,
            run_s=settings.run_timeout_s,
            cell_s=settings.cell_timeout_s,
            memory=int(settings.run_memory_gb * GB),
            cpus=settings.run_cpus,
        ),
        log_bytes=int(settings.run_log_mb * MB),
        publish_lease_s=settings.publish_lease_s,
        quarantine_rows=settings.quarantine_rows,
    )


def _ending(found: list[OfRun]) -> Callable[[], None]:
    def end() -> None:
        for process in found:
            if process.end():
                _log.warning("Process %d (%s), left by %s, was killed.", process.pid, process.name, process.run_id)

    return end


class _Sweep:
    """What a worker does beside runs: finish what publishers left, and now and then end what runs left running, and
    probe what is promised to be available."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._prober = Prober(context.registry, context.storage)
        self._next_probe = self._next_look = 0.0

    def __call__(self) -> None:
        context, settings = self._context, self._context.settings
        context.registry.leases.shorten(
            run_s=settings.lease_s, publisher_s=settings.publish_lease_s, pause_s=settings.retry_longest_pause_s
        )
        recover(context.registry, context.storage)
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_FOR_ORPHANS_S
            _ending(orphans(context.registry, processes_of(context.storage.runs)))()
        if time.monotonic() >= self._next_probe:
            self._next_probe = time.monotonic() + PROBE_EVERY_S
            self._prober.probe()


def inputs_of(context: Context, run: Run, names: list[str]) -> list[ResolvedPort]:
    """What `run` may read, decided as its acting identity. It is logged when the run has read it."""
    from mesh_workbench.workbench.local import LocalWorkbench

    return LocalWorkbench(context).as_(Identity(name=run.acting_identity)).query.inputs(names)
