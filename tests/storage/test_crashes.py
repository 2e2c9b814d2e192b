"""Publishers that are killed, stopped or in each other's way, as real processes."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.context import ForkServerContext

import polars as pl
import pytest

from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.model.run import RunState
from tests.storage.world import KILL, LEASE_S, STOP, World, month, publish_at_once, publish_elsewhere

BEFORE = ["locked", "resolved", "checked", "prepared", "moved flights", "moved summary", "shaped flights"]
AFTER = ["committed flights", "shaped summary", "committed summary", "released"]


def frames(*values: int) -> dict[str, pl.DataFrame]:
    return {"flights": pl.DataFrame({"n": list(values)}), "summary": pl.DataFrame({"n": [sum(values)]})}


class Elsewhere:
    """A publisher in another process, which sends itself a signal after a step."""

    def __init__(self, processes: ForkServerContext, world: World, url: str, staged: object, step: str, sign: int):
        self.ours, told = processes.Pipe(duplex=False)
        run, outputs = staged
        arguments = (url, str(world.storage.root), run, outputs, step, int(sign), 60.0, told)
        self.process = processes.Process(target=publish_elsewhere, args=arguments)
        self.process.start()
        told.close()
        assert self.hear() == "there", f"step {step} is never reached"

    def hear(self) -> str:
        assert self.ours.poll(60), "the other process says nothing"
        return str(self.ours.recv())

    def end(self) -> None:
        self.process.join(60)
        assert self.process.exitcode is not None


def past_its_lease(world: World) -> None:
    """As if the lease of whoever holds the lock had ended this moment."""
    assert any(world.registry.publications.renew(world.product.id, fence, -1.0) for fence in range(1, 20))


@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
def test_a_killed_publisher_is_undone_before_its_first_commit_and_finished_after_it(
    lite: World, sqlite_url: str, processes: ForkServerContext, step: str
) -> None:
    kill_and_recover(lite, sqlite_url, processes, step, first=False)


@pytest.mark.postgres
@pytest.mark.parametrize("step", ["prepared", "shaped flights", "committed flights", "committed summary"])
def test_the_same_holds_on_postgresql(
    postgres_world: World, postgres_url: str, processes: ForkServerContext, step: str
) -> None:
    kill_and_recover(postgres_world, postgres_url, processes, step, first=False)


@pytest.mark.parametrize("step", ["prepared", "moved summary", "shaped flights", "committed flights"])
def test_the_same_holds_for_a_first_release(
    lite: World, sqlite_url: str, processes: ForkServerContext, step: str
) -> None:
    kill_and_recover(lite, sqlite_url, processes, step, first=True)


def kill_and_recover(world: World, registry_url: str, processes: ForkServerContext, step: str, *, first: bool) -> None:
    expected = [] if first else [1, 2]
    if not first:
        world.put(frames(1, 2), mode="replace_slot", slot=month(1))
    run, staged = world.stage(frames(3, 4), mode="replace_slot", slot=month(2))
    other = Elsewhere(processes, world, registry_url, (run, staged), step, KILL)
    other.end()
    past_its_lease(world)

    resolved = recover(world.registry, world.storage)

    assert len(resolved) == (1 if step in [*BEFORE[3:], *AFTER[:-1]] else 0)
    assert world.registry.publications.unfinished(world.product.id) is None
    release = world.registry.releases.by_run(run.id)
    if step in BEFORE:
        assert release is None
        folder = world.storage.run_folder(run.id)
        assert all((folder / file).is_file() for output in staged for file in output.files), "staged rows are kept"
        snapshot = world.storage.snapshot(world.table())
        assert snapshot is None or len(snapshot.files) == len(expected) / 2
        release = world.publish(run, staged)
    assert release is not None
    assert release.number == (1 if first else 2)
    ended = world.registry.runs.get(run.id)
    assert ended is not None
    assert (ended.state, ended.release) == (RunState.SUCCEEDED, release.number)
    assert recover(world.registry, world.storage) == []

    world.put(frames(5), mode="replace_slot", slot=month(3))
    assert world.values("flights") == [*expected, 3, 4, 5]
    assert world.values("summary") == [*([3] if expected else []), 5, 7]


@pytest.mark.parametrize(
    "step", ["checked", "prepared", "moved flights", "shaped flights", "shaped summary", "committed summary"]
)
def test_a_publisher_that_slept_past_its_lease_makes_no_second_release(
    world: World, registry_url: str, processes: ForkServerContext, step: str
) -> None:
    sleep_and_wake(world, registry_url, processes, step, first=False)


@pytest.mark.parametrize("step", ["moved flights", "shaped flights"])
def test_nor_does_one_that_slept_over_the_first_release(
    lite: World, sqlite_url: str, processes: ForkServerContext, step: str
) -> None:
    sleep_and_wake(lite, sqlite_url, processes, step, first=True)


@pytest.mark.parametrize("first", [True, False], ids=["first release", "later release"])
@pytest.mark.parametrize("step", ["moved flights", "shaped flights"])
def test_a_sleeper_whose_publication_was_undone_leaves_no_rows_in_the_table(
    lite: World, sqlite_url: str, processes: ForkServerContext, step: str, first: bool
) -> None:
    """Readers of the Delta log, which know nothing of releases, must not see rows that were never released."""
    if not first:
        lite.put(frames(1, 2))
    before = lite.files() if not first else []
    run, staged = lite.stage(frames(3, 4))
    sleeper = Elsewhere(processes, lite, sqlite_url, (run, staged), step, STOP)
    past_its_lease(lite)
    assert len(recover(lite.registry, lite.storage)) == 1
    os.kill(sleeper.process.pid, signal.SIGCONT)
    assert sleeper.hear() == "storage.moved"
    sleeper.end()
    snapshot = lite.storage.snapshot(lite.table())
    assert snapshot is not None
    assert sorted(snapshot.files) == [str(path.relative_to(lite.table())) for path in before]
    assert all((lite.storage.run_folder(run.id) / file).is_file() for output in staged for file in output.files)


def sleep_and_wake(world: World, registry_url: str, processes: ForkServerContext, step: str, *, first: bool) -> None:
    if not first:
        world.put(frames(1, 2), mode="replace_slot", slot=month(1))
    run, staged = world.stage(frames(3, 4), mode="replace_slot", slot=month(2))
    sleeper = Elsewhere(processes, world, registry_url, (run, staged), step, STOP)
    past_its_lease(world)

    # somebody else publishes the same slot meanwhile, after finishing or undoing what the sleeper began
    other = world.put(frames(30, 40), mode="replace_slot", slot=month(2))
    os.kill(sleeper.process.pid, signal.SIGCONT)
    outcome = sleeper.hear()
    sleeper.end()

    numbers = [each.number for each in world.registry.releases.list(world.product.id).items]
    assert numbers == sorted(set(numbers), reverse=True)
    runs = [each.run_id for each in world.registry.releases.list(world.product.id).items]
    assert len(runs) == len(set(runs)), "no run has two releases"
    if step == "checked":  # nothing was written down yet: it looks again and publishes on top, as a later run would
        assert outcome == f"release {other.number + 1}"
        assert world.values("flights") == [*([] if first else [1, 2]), 3, 4]
    else:
        if step in AFTER:  # past the point of no return: finished for it, before the other
            assert outcome == f"release {other.number - 1}"
        else:
            assert outcome in ("storage.moved", "storage.fenced", "storage.staged-missing", "publish.fenced-off")
            assert world.registry.releases.by_run(run.id) is None
        assert world.values("flights") == [*([] if first else [1, 2]), 30, 40]
        assert world.values("summary") == [*([] if first else [3]), 70]
    world.put(frames(5), mode="replace")
    assert (world.values("flights"), world.values("summary")) == ([5], [5])


def test_publishers_that_start_at_once_make_one_release_each(
    world: World, registry_url: str, processes: ForkServerContext
) -> None:
    barrier = processes.Barrier(3)
    others = []
    for value in (1, 10, 100):
        ours, told = processes.Pipe(duplex=False)
        arguments = (registry_url, str(world.storage.root), *world.stage(frames(value)), barrier, told)
        process = processes.Process(target=publish_at_once, args=arguments)
        process.start()
        told.close()
        others.append((process, ours))
    numbers = [ours.recv() for _, ours in others]
    for process, _ in others:
        process.join(60)
    assert sorted(numbers) == [1, 2, 3]
    assert world.values("flights") == [1, 10, 100]
    assert world.values("summary") == [1, 10, 100]


def test_one_run_published_twice_at_once_makes_one_release(
    world: World, registry_url: str, processes: ForkServerContext
) -> None:
    staged = world.stage(frames(1))
    barrier = processes.Barrier(2)
    others = []
    for _ in range(2):
        ours, told = processes.Pipe(duplex=False)
        process = processes.Process(
            target=publish_at_once, args=(registry_url, str(world.storage.root), *staged, barrier, told)
        )
        process.start()
        told.close()
        others.append((process, ours))
    assert [ours.recv() for _, ours in others] == [1, 1]
    for process, _ in others:
        process.join(60)
    assert world.values("flights") == [1]


def test_a_lease_ends_by_itself(lite: World) -> None:
    lite.registry.publications.acquire_lock(lite.product.id, "somebody who died", LEASE_S)
    began = time.monotonic()
    lite.put(frames(1))
    assert LEASE_S / 2 < time.monotonic() - began < LEASE_S * 20


def test_a_long_check_keeps_its_lock(world: World, registry_url: str) -> None:
    world.put(frames(1))
    run, staged = world.stage(frames(2))

    def slow(candidates: object, base: int | None) -> object:
        time.sleep(LEASE_S * 3)
        assert recover(world.registry, world.storage) == []
        return world.check(candidates, base)  # type: ignore[arg-type]

    began = time.monotonic()
    world.publish(run, staged, check=slow, lease_s=LEASE_S)
    assert time.monotonic() - began < LEASE_S * 6, "it was checked once"
    assert world.values("flights") == [1, 2]
