"""The loop of a worker, with real registries and real threads; what a run does is the test's own function."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from mesh_workbench.errors import Unavailable
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.scheduling.execution import ExecuteRun
from mesh_workbench.scheduling.fires import slot_containing
from mesh_workbench.scheduling.worker import Worker
from mesh_workbench.settings import Settings
from tests import records


def nothing() -> None:
    """A recovery that finds nothing."""


def succeeding(registry: Registry) -> ExecuteRun:
    def execute(run: Run, worker_id: str, attempt: int) -> None:
        registry.runs.advance(run.id, worker_id=worker_id, attempt=attempt, state=RunState.RUNNING)
        registry.runs.finish(run.id, worker_id=worker_id, attempt=attempt, state=RunState.SUCCEEDED)

    return execute


def worker(
    registry: Registry,
    execute_run: ExecuteRun,
    *,
    recover: Callable[[], object] = nothing,
    identity: str | None = None,
    slots: int = 2,
    lease_s: float = 30.0,
    retries: int = 0,
    grace_s: float = 10.0,
) -> Worker:
    settings = Settings(root=Path("/"), tick_s=0.02, heartbeat_s=0.1, lease_s=lease_s, retries=retries)
    return Worker(
        registry=registry,
        execute_run=execute_run,
        recover=recover,
        identity=identity,
        slots=slots,
        settings=settings,
        grace_s=grace_s,
    )


@contextmanager
def working(one: Worker) -> Iterator[threading.Event]:
    """The worker at work in a thread, told to stop at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=one.work, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def eventually(true: Callable[[], bool], within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def state_of(registry: Registry, run: Run) -> RunState:
    found = registry.runs.get(run.id)
    assert found is not None
    return found.state


def test_a_worker_executes_what_waits_and_ends_when_nothing_does(registry: Registry) -> None:
    version = records.known_version(registry)
    runs = [registry.runs.add(records.run(version)) for _ in range(5)]
    product = registry.products.by_id(version.product_id)
    assert product is not None
    due = slot_containing(ScheduleDraft(cron="0 0 1 1 *"), registry.now() - timedelta(days=366)).end
    registry.schedules.set(records.schedule(product, "0 0 1 1 *", next_fire=due))
    worker(registry, succeeding(registry)).work(threading.Event(), until_idle=True)
    done = registry.runs.list().items
    assert len(done) == len(runs) + 1
    assert {run.state for run in done} == {RunState.SUCCEEDED}
    assert all([attempt.state for attempt in run.attempts] == [RunState.SUCCEEDED] for run in done)
    assert registry.workers.alive(60) == []  # it said goodbye


def test_a_personal_worker_takes_only_runs_of_its_person(registry: Registry) -> None:
    version = records.known_version(registry)
    hers = registry.runs.add(records.run(version, acting_identity="ana"))
    his = registry.runs.add(records.run(version, acting_identity="ben"))
    worker(registry, succeeding(registry), identity="ben").work(threading.Event(), until_idle=True)
    assert state_of(registry, his) is RunState.SUCCEEDED
    assert state_of(registry, hers) is RunState.QUEUED


def test_runs_go_on_side_by_side_up_to_the_slots_and_their_leases_are_renewed(registry: Registry) -> None:
    version = records.known_version(registry)
    runs = [registry.runs.add(records.run(version)) for _ in range(3)]
    go, begun = threading.Event(), threading.Semaphore(0)

    def execute(run: Run, worker_id: str, attempt: int) -> None:
        begun.release()
        assert go.wait(20)
        registry.runs.finish(run.id, worker_id=worker_id, attempt=attempt, state=RunState.SUCCEEDED)

    with working(worker(registry, execute, lease_s=0.6)):
        assert begun.acquire(timeout=10)
        assert begun.acquire(timeout=10)
        time.sleep(1.0)  # longer than the lease
        assert registry.runs.expired() == []
        assert registry.runs.counts() == (1, 2)
        [alive] = registry.workers.alive(60)
        assert (alive.identity, alive.busy) == ("*", 2)
        go.set()
        eventually(lambda: all(state_of(registry, run).final for run in runs))


def test_a_run_whose_worker_is_gone_is_executed_by_the_next_one(registry: Registry) -> None:
    version = records.known_version(registry)
    run = registry.runs.add(records.run(version))
    assert registry.runs.claim("wrk_gone", None, 0.05)
    time.sleep(0.1)
    worker(registry, succeeding(registry), retries=1).work(threading.Event(), until_idle=True)
    found = registry.runs.get(run.id)
    assert found is not None
    assert [attempt.state for attempt in found.attempts] == [RunState.FAILED, RunState.SUCCEEDED]
    assert found.attempts[0].failure is not None
    assert found.attempts[0].failure.failure_class == "lost"
    assert found.failure is None


def test_the_last_loss_of_a_run_is_its_end(registry: Registry) -> None:
    once = RetryPolicy(retries=1)
    version = records.known_version(registry)
    run = registry.runs.add(records.run(version))
    for number in (1, 2):
        claimed = registry.runs.claim(f"wrk_{number}", None, 0.01)
        assert claimed is not None
        time.sleep(0.05)
        [expired] = registry.runs.expired()
        assert registry.runs.lose(expired, retry=once) is not None
        assert registry.runs.lose(expired, retry=once) is None  # of two sweepers one does it
    found = registry.runs.get(run.id)
    assert found is not None
    assert found.state is RunState.FAILED
    assert found.failure is not None
    assert found.failure.code == "run.lost"
    assert [attempt.state for attempt in found.attempts] == [RunState.FAILED, RunState.FAILED]
    again = registry.runs.requeue(run.id)
    assert (again.state, again.failure) == (RunState.QUEUED, None)


def test_a_run_whose_end_was_asked_for_ends_though_its_execution_hangs(registry: Registry) -> None:
    run = registry.runs.add(records.run(records.known_version(registry)))
    hang = threading.Event()

    def execute(run: Run, worker_id: str, attempt: int) -> None:
        hang.wait(60)
        registry.runs.finish(run.id, worker_id=worker_id, attempt=attempt, state=RunState.SUCCEEDED)

    with working(worker(registry, execute, lease_s=3600.0, grace_s=0.1)):
        eventually(lambda: state_of(registry, run) is RunState.STARTING)
        registry.runs.cancel_request(run.id, within_s=0.5)
        eventually(lambda: state_of(registry, run) is RunState.CANCELLED, within_s=5.0)
    hang.set()
    time.sleep(0.1)
    assert state_of(registry, run) is RunState.CANCELLED  # what comes later does not count


def test_a_run_that_ends_between_two_heartbeats_is_not_called_lost(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    run = registry.runs.add(records.run(records.known_version(registry)))
    over = threading.Event()

    def ends_but_lingers(claimed: Run, worker_id: str, attempt: int) -> None:
        succeeding(registry)(claimed, worker_id, attempt)
        over.wait(10)

    with working(worker(registry, ends_but_lingers)):
        eventually(lambda: state_of(registry, run).final)
        time.sleep(0.3)  # some heartbeats
        over.set()
    assert "not this worker's any more" not in caplog.text


def test_an_execution_that_breaks_off_fails_its_run_and_not_the_worker(registry: Registry) -> None:
    version = records.known_version(registry)
    runs = [registry.runs.add(records.run(version)) for _ in range(3)]

    def execute(run: Run, worker_id: str, attempt: int) -> None:
        if run.id == runs[0].id:
            raise ZeroDivisionError("inside the workbench")
        if run.id == runs[1].id:
            raise Unavailable("storage.full", "The storage is full.", hint="Make room.")

    worker(registry, execute).work(threading.Event(), until_idle=True)
    failures = {run.id: run.failure for run in registry.runs.list().items}
    assert {failure.failure_class for failure in failures.values() if failure} == {"infrastructure"}
    codes = [failure.code for failure in (failures[run.id] for run in runs) if failure]
    assert codes == ["run.broke-off", "storage.full", "run.broke-off"]


def test_stopping_waits_for_runs_and_gives_back_what_does_not_end(registry: Registry) -> None:
    version = records.known_version(registry)
    short, long = (registry.runs.add(records.run(version)) for _ in range(2))
    begun, hang = threading.Semaphore(0), threading.Event()

    def execute(run: Run, worker_id: str, attempt: int) -> None:
        begun.release()
        if run.id == short.id:
            time.sleep(0.3)
            succeeding(registry)(run, worker_id, attempt)
        else:
            hang.wait(20)

    with working(worker(registry, execute, grace_s=1.0)):
        assert begun.acquire(timeout=10)
        assert begun.acquire(timeout=10)
    assert state_of(registry, short) is RunState.SUCCEEDED
    assert state_of(registry, long) is RunState.QUEUED
    hang.set()
    time.sleep(0.1)
    assert state_of(registry, long) is RunState.QUEUED  # what the old thread does does not count any more
    assert registry.runs.counts() == (1, 0)


def test_recovery_runs_at_the_start_before_anything_is_claimed_and_again_later(registry: Registry) -> None:
    version = records.known_version(registry)
    run = registry.runs.add(records.run(version))
    seen: list[RunState] = []
    with working(
        worker(registry, succeeding(registry), recover=lambda: seen.append(state_of(registry, run)), lease_s=1.0)
    ):
        eventually(lambda: len(seen) >= 3)
    assert seen[0] is RunState.QUEUED
    assert seen[-1] is RunState.SUCCEEDED


def test_a_worker_waits_for_a_registry_that_is_away_and_says_so_once(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    registry = open_registry(sqlite_url)
    version = records.known_version(registry)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    away = file.with_name("away.db")
    with caplog.at_level(logging.WARNING), working(worker(registry, succeeding(registry))):
        time.sleep(0.2)
        file.rename(away)
        eventually(lambda: "The worker waits" in caplog.text)
        time.sleep(0.5)
        away.rename(file)
        run = registry.runs.add(records.run(version))
        eventually(lambda: state_of(registry, run) is RunState.SUCCEEDED)
    assert caplog.text.count("The worker waits") == 1
    assert caplog.text.count("The worker goes on") == 1
    registry.close()
