"""However workers and kernels end, every run does, once, and no process is left: with real workers and kernels."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

import psutil
import pytest

from mesh_workbench.lifecycle.orphans import OfRun, orphans, processes_of
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook

SETTINGS = "lease_s = 2\nheartbeat_s = 0.2\ntick_s = 0.1\nwarm_kernels = {warm}\n"
PUBLISH = "import mesh_workbench as mesh\nmesh.output('orders', [{'id': 1}])"
HANG_AT_FIRST = """
import os, pathlib, subprocess, sys, time
mark = pathlib.Path({mark!r})
if not mark.exists():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    mark.write_text(str(os.getpid()))
    time.sleep(600)
"""
DEAF = """
import os, pathlib, signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
mark = pathlib.Path({mark!r} + ".part")
mark.write_text(f"{{os.getpid()}}\\n")
def tell():
    with mark.open("a") as family:
        family.write(f"{{os.getpid()}}\\n")
    while True:
        time.sleep(1)
for _ in range(2):
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
        tell()
while len(mark.read_text().split()) < 5:
    time.sleep(0.01)
mark.rename({mark!r})
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""


def eventually(true: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def work(root: Path) -> None:
    """Body of a worker's process."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_worker(root, stop=stop)


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Processes that have everything imported already when they begin."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.workbench.test_ends", "mesh_workbench.executors.local", "sqlalchemy"])
    return context


@pytest.fixture
def worker(bench: LocalWorkbench, processes: ForkServerContext) -> Iterator[int]:
    """A worker in a process of its own, by its number; ended at the end, however it is by then."""
    process = processes.Process(target=work, args=(bench.context.settings.root,))
    process.start()
    assert process.pid is not None
    yield process.pid
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGCONT)
    process.terminate()
    process.join(30)
    assert process.exitcode is not None


@contextmanager
def another_worker(bench: LocalWorkbench) -> Iterator[None]:
    """One more, in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(bench.context.settings.root,), kwargs={"stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalWorkbench]:
    """A workbench with short leases; its kernels are fresh, or with `warm` forked."""
    root = tmp_path / "bench"
    create_workbench(root).close()
    with (root / "mesh.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(warm=getattr(request, "param", 0)))
    made = open_workbench(root)
    made.domains.add(DomainDraft(name="sales"))
    yield made
    made.close()


both = pytest.mark.parametrize("bench", [0, 1], ids=["fresh", "warm"], indirect=True)


def requested(bench: LocalWorkbench, cell: str) -> tuple[Run, Path]:
    """A run whose first cell is `cell`, and the file that this cell writes when it is there."""
    mark = bench.context.settings.root / "there"
    text = notebook(cell.format(mark=str(mark)), PUBLISH)
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders"))
    return bench.runs.request(RunRequest(product="sales.orders")), mark


def left(bench: LocalWorkbench) -> list[OfRun]:
    return processes_of(bench.context.storage.runs)


def ended(bench: LocalWorkbench, run: Run) -> bool:
    return bench.runs.get(run.id).state.final


@both
def test_a_run_whose_worker_is_killed_is_finished_by_another_and_nothing_is_left(
    bench: LocalWorkbench, worker: int
) -> None:
    run, there = requested(bench, HANG_AT_FIRST)
    eventually(there.exists)
    os.kill(worker, signal.SIGKILL)
    with another_worker(bench):
        eventually(lambda: ended(bench, run))
    after = bench.runs.get(run.id)
    assert (after.state, after.release) == (RunState.SUCCEEDED, 1)
    assert [attempt.failure.code if attempt.failure else "" for attempt in after.attempts] == ["run.lost", ""]
    eventually(lambda: not left(bench))


def test_a_worker_that_was_asleep_past_its_lease_gives_up_when_it_wakes(bench: LocalWorkbench, worker: int) -> None:
    run, there = requested(bench, HANG_AT_FIRST)
    eventually(there.exists)
    kernel = int(there.read_text())
    os.kill(worker, signal.SIGSTOP)
    with another_worker(bench):
        eventually(lambda: ended(bench, run))
    os.kill(worker, signal.SIGCONT)
    eventually(lambda: not psutil.pid_exists(kernel))
    after = bench.runs.get(run.id)
    assert (after.state, after.release, len(after.attempts)) == (RunState.SUCCEEDED, 1, 2)
    assert len(bench.releases.list("sales.orders").items) == 1
    eventually(lambda: not left(bench))


@both
def test_a_kernel_that_listens_to_nothing_and_forks_is_ended_with_all_it_started(
    bench: LocalWorkbench, worker: int
) -> None:
    run, there = requested(bench, DEAF)
    eventually(there.exists)
    family = [psutil.Process(int(pid)) for pid in there.read_text().split()]
    assert len(family) == 5
    asked = time.monotonic()
    bench.runs.cancel(run.id)
    eventually(lambda: ended(bench, run), within_s=10.0)
    assert time.monotonic() - asked < 10.0
    assert bench.runs.get(run.id).state is RunState.CANCELLED
    eventually(lambda: not any(process.is_running() for process in family))
    assert not left(bench)


def test_a_run_whose_only_worker_is_asleep_is_cancelled_in_time(bench: LocalWorkbench, worker: int) -> None:
    run, there = requested(bench, HANG_AT_FIRST)
    eventually(there.exists)
    _put_to_sleep(worker, bench)
    asked = bench.runs.cancel(run.id)
    assert asked.cancel_requested
    assert not asked.state.final
    eventually(lambda: ended(bench, run), within_s=10.0)
    assert bench.runs.get(run.id).state is RunState.CANCELLED


def _put_to_sleep(worker: int, bench: LocalWorkbench) -> None:
    """Stop the worker, but not while it writes: SQLite would then let nobody write."""
    file = bench.context.settings.registry_url.removeprefix("sqlite:///")

    def stopped() -> bool:
        os.kill(worker, signal.SIGSTOP)
        with closing(sqlite3.connect(file, timeout=0.5, isolation_level=None)) as registry:
            try:
                registry.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os.kill(worker, signal.SIGCONT)
                return False
            return True

    eventually(stopped)


def test_what_a_run_left_is_found_by_its_mark_and_only_that_process_is_ended(bench: LocalWorkbench) -> None:
    run, _ = requested(bench, DEAF)
    bench.runs.cancel(run.id)
    folder = bench.context.storage.run_folder(run.id)
    sleeping = [sys.executable, "-c", "import time; time.sleep(600)"]
    stray = subprocess.Popen(sleeping, env={**os.environ, RUN_FOLDER_VARIABLE: str(folder)})
    other = subprocess.Popen(sleeping, env={**os.environ, RUN_FOLDER_VARIABLE: str(folder.parent / "run_other" / "x")})
    try:
        [found] = left(bench)
        assert (found.pid, found.run_id) == (stray.pid, run.id)
        assert orphans(bench.context.registry, [found]) == []  # it may still be on its way out
        assert found.end()
        stray.wait(10)
        assert not found.end()
        assert other.poll() is None
    finally:
        for process in (stray, other):
            process.kill()
            process.wait()
