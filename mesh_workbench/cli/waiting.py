"""Watching a run until it is over, with a worker at hand."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mesh_workbench.cli.one_run import waits
from mesh_workbench.cli.show import console
from mesh_workbench.errors import MeshError, RunFailed, Unavailable

if TYPE_CHECKING:
    from mesh_workbench.model.run import Run
    from mesh_workbench.model.status import WorkbenchStatus
    from mesh_workbench.workbench.protocol import Workbench

_START_S = 30.0
"""Seconds that a worker may take to say that it is alive."""


@contextmanager
def somebody_working(bench: Workbench) -> Iterator[None]:
    """A worker while the block runs: one that is alive already, else a child of ours that ends with the block.

    Raises Unavailable `worker.not-started` when the child ends or stays silent.
    """
    from mesh_workbench.settings import ROOT_VARIABLE

    status = bench.catalog.status()
    if _served(status):
        yield
        return
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "mesh_workbench", "worker"],
            env=os.environ | {ROOT_VARIABLE: status.location},
            cwd=status.location,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_alive(bench, child, output.fileno())
            yield
        finally:
            child.terminate()
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _served(status: WorkbenchStatus) -> bool:
    """Whether a worker is alive that takes the runs of who asks."""
    return any(worker.takes(status.identity) for worker in status.workers)


def _wait_until_alive(bench: Workbench, child: subprocess.Popen[bytes], output: int) -> None:
    until = time.monotonic() + _START_S
    while not _served(bench.catalog.status()):
        if child.poll() is not None or time.monotonic() > until:
            said = os.pread(output, 4000, 0).decode(errors="replace").strip()
            raise Unavailable(
                "worker.not-started",
                f"A worker was started for this and did not come up{': ' + said if said else '.'}",
                hint="Start `mesh worker` in another terminal to see why.",
            )
        time.sleep(0.1)


def watched(bench: Workbench, run_id: str, *, quiet: bool = False) -> Run:
    """The run once it is over; its steps and cells are shown on stderr meanwhile, unless `quiet`."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    final: Run = bench.runs.get(run_id)
    screen = console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[line]}", markup=False),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        disable=quiet or not screen.is_terminal,
    ) as bar:
        task = bar.add_task("queued", total=None, line="")
        for run in bench.runs.watch(run_id):
            final = run
            step = run.progress
            bar.update(
                task,
                description=run.state.value,
                completed=step.cell,
                total=step.cells or None,
                line=waits(run.waiting) if run.waiting else step.line[:60],
            )
    return final


def failure_of(run: Run) -> MeshError:
    """The error that a run which made no release ends a verb with."""
    failure = run.failure
    if failure is None:
        return RunFailed("run.not-released", f"The run {run.id} is {run.state.value}.", hint=f"mesh runs {run.id}")
    place = f"cell {failure.cell + 1}" if failure.cell is not None else ""
    return RunFailed(
        failure.code,
        failure.message,
        where=place,
        hint=f"{failure.hint} `mesh runs {run.id}` shows the run, `mesh retry {run.id}` tries it again.".strip(),
        details={"run": run.id, "failure_class": failure.failure_class},
    )
