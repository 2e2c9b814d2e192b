"""Going back: the data of an earlier release are read again as a new one, and its version runs again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, MeshError, NotFound
from mesh_workbench.lifecycle.announce import consumers
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.lifecycle.rollback import rollback
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.model.subscription import Audience, SubscriptionDraft
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.workbench.local import LocalWorkbench
from tests import records
from tests.storage.world import World, open_world
from tests.workbench.lives import reads, released

FLIGHTS = "flight_ops.flights"


def next_version(world: World, number: str) -> World:
    """The same product once somebody has promoted `number`."""
    version = world.registry.versions.add(records.version(world.product, number))
    world.registry.products.change(world.product.id, version=number)
    return World(world.registry, world.storage, world.product, world.ports, version)


def rows(bench: LocalWorkbench, at: str = "") -> list[Any]:
    page = bench.query.rows(QueryRequest(statement=f"SELECT n FROM {FLIGHTS}{at} ORDER BY n", limit=100))
    return [row[0] for row in page.rows]


@pytest.fixture
def flights(bench: LocalWorkbench) -> World:
    """Release 1 of version 1.0.0 holds 1, release 2 of version 1.1.0 holds 2, release 3 adds 3."""
    world = next_version(released(bench), "1.1.0")
    world.put({"flights": [{"n": 2}]}, mode="replace")
    world.put({"flights": [{"n": 3}]}, mode="append")
    return world


def test_a_release_is_brought_back_as_a_new_one_and_nothing_is_lost(bench: LocalWorkbench, flights: World) -> None:
    product = bench.products.rollback(FLIGHTS, release=1, reason="Wrong since yesterday")
    assert (product.release, product.version) == (4, "1.0.0")
    assert rows(bench) == [1]
    assert rows(bench, " AT (VERSION => 3)") == [2, 3]
    assert flights.values() == [1]  # through the Delta log too
    release = bench.releases.get(FLIGHTS)
    assert (release.restores, release.reason, release.published_by) == (
        1,
        "Wrong since yesterday",
        bench.identity.name,
    )
    assert [finding.problems for finding in bench.house.examine() if finding.problems] == []


def test_a_version_is_brought_back_with_its_newest_release(bench: LocalWorkbench, flights: World) -> None:
    bench.products.rollback(FLIGHTS, version="1.0.0", reason="Wrong")
    assert rows(bench) == [1]
    bench.products.rollback(FLIGHTS, version="1.1.0", reason="After all right")
    assert rows(bench) == [2, 3]
    assert bench.products.get(FLIGHTS).release == 5


def test_what_would_change_is_told_before(bench: LocalWorkbench, flights: World) -> None:
    reads(bench, "insights.delays", FLIGHTS)
    plan = bench.products.plan_rollback(FLIGHTS, release=1)
    assert (plan.version_before, plan.version_after, plan.release_before, plan.restores, plan.release) == (
        "1.1.0",
        "1.0.0",
        3,
        1,
        4,
    )
    assert [(port.port, port.rows_before, port.rows_after) for port in plan.ports] == [("flights", 2, 1)]
    assert any("insights.delays" in step for step in plan.steps)
    assert bench.products.get(FLIGHTS).release == 3


def test_schedules_and_runs_follow(bench: LocalWorkbench, flights: World) -> None:
    bench.schedules.set(FLIGHTS, ScheduleDraft(cron="0 6 * * *"))
    bench.products.rollback(FLIGHTS, release=1, reason="Wrong")
    assert bench.runs.request(RunRequest(product=FLIGHTS)).version == "1.0.0"
    assert bench.versions.get(FLIGHTS).version == "1.0.0"


def test_a_run_that_was_under_way_does_not_bring_back_what_was_undone(bench: LocalWorkbench, flights: World) -> None:
    run, staged = flights.stage({"flights": [{"n": 9}]}, mode="replace")
    bench.products.rollback(FLIGHTS, release=1, reason="Wrong")
    with pytest.raises(Conflict) as refusal:
        flights.publish(run, staged)
    assert refusal.value.code == "publish.rolled-back"
    assert rows(bench) == [1]


def test_publishing_goes_on_from_what_was_brought_back(bench: LocalWorkbench, flights: World) -> None:
    bench.products.rollback(FLIGHTS, release=2, reason="Wrong")
    flights.put({"flights": [{"n": 4}]}, mode="append")
    assert rows(bench) == [2, 4]
    assert flights.values() == [2, 4]


def test_a_port_that_came_later_is_not_there_then(bench: LocalWorkbench) -> None:
    world = released(bench, FLIGHTS)
    port = bench.context.registry.products.add_port(records.port(world.product, "summary", 1))
    both = World(world.registry, world.storage, world.product, {**world.ports, "summary": port}, world.version)
    both.put({"flights": [{"n": 2}], "summary": [{"n": 7}]}, mode="replace")
    bench.products.rollback(FLIGHTS, release=1, reason="Wrong")
    assert [port.port for port in bench.releases.get(FLIGHTS).ports] == ["flights"]
    assert both.values("flights") == [1]
    with pytest.raises(NotFound, match="has no port 'summary' in release 3"):
        bench.query.resolve([f"{FLIGHTS}.summary"])
    assert [finding.problems for finding in bench.house.examine() if finding.problems] == []


def test_another_major_version_is_brought_back_from_its_own_table(bench: LocalWorkbench, flights: World) -> None:
    second: ProductVersion = next_version(flights, "2.0.0").version
    World(flights.registry, flights.storage, flights.product, flights.ports, second).put(
        {"flights": [{"n": "two"}]}, mode="replace"
    )
    assert rows(bench) == ["two"]
    bench.products.rollback(FLIGHTS, version="1.1.0", reason="Too early")
    assert rows(bench) == [2, 3]


def test_what_is_so_already_and_what_never_was_is_refused(bench: LocalWorkbench, flights: World) -> None:
    with pytest.raises(Conflict, match="is at release 3 now"):
        bench.products.rollback(FLIGHTS, release=3, reason="?")
    with pytest.raises(Conflict, match=r"is at version 1\.1\.0 now"):
        bench.products.rollback(FLIGHTS, version="1.1.0", reason="?")
    with pytest.raises(NotFound, match="no release 9"):
        bench.products.rollback(FLIGHTS, release=9, reason="?")
    with pytest.raises(NotFound, match=r"no version 3\.0\.0"):
        bench.products.rollback(FLIGHTS, version="3.0.0", reason="?")
    with pytest.raises(InvalidInput, match="either a release or a version"):
        bench.products.rollback(FLIGHTS, reason="?")
    with pytest.raises(Forbidden):
        bench.as_(Identity(name="rita")).products.rollback(FLIGHTS, release=1, reason="Mine")


def test_a_version_that_never_published_only_runs_from_now_on(bench: LocalWorkbench, flights: World) -> None:
    next_version(flights, "1.2.0")
    bench.products.rollback(FLIGHTS, version="1.1.0", reason="Not yet")
    product = bench.products.get(FLIGHTS)
    assert (product.version, product.release) == ("1.1.0", 3)
    assert any(record.action == "product.rollback" for record in bench.catalog.audit().items)


def test_files_that_are_gone_are_noticed_before_anything_changes(bench: LocalWorkbench, flights: World) -> None:
    port = flights.ports["flights"]
    for file in bench.context.registry.releases.files(port.id, 1, 1):
        (flights.table() / file.path).unlink()
    with pytest.raises(Conflict) as refusal:
        bench.products.rollback(FLIGHTS, release=1, reason="Wrong")
    assert refusal.value.code == "rollback.files-gone"
    assert rows(bench) == [2, 3]


def acts_for(bench: LocalWorkbench) -> str:
    schedule = bench.schedules.get(FLIGHTS)
    assert schedule is not None
    return schedule.acting_identity


def follow(bench: LocalWorkbench) -> None:
    """Rita wants to hear of what changes."""
    bench.as_(Identity(name="rita")).notices.subscribe(FLIGHTS, SubscriptionDraft(events=[NoticeKind.CHANGED]))


def told(bench: LocalWorkbench) -> list[str]:
    """What Rita was told of going back."""
    rita = bench.as_(Identity(name="rita"))
    return [notice.text for notice in rita.notices.list().items if "rolled back" in notice.text]


@pytest.mark.parametrize("target", [{"release": 1}, {"version": "1.0.0"}, {"version": "1.2.0"}])
@pytest.mark.parametrize("fails", ["schedules", "notices"])
def test_a_step_that_fails_leaves_nothing_half_done(
    bench: LocalWorkbench, flights: World, target: dict[str, Any], fails: str
) -> None:
    bench.schedules.set(FLIGHTS, ScheduleDraft(cron="0 6 * * *"))
    if target == {"version": "1.2.0"}:  # which never published: only the version changes
        flights.registry.versions.add(records.version(flights.product, "1.2.0"))
    bench.domains.set_role("flight_ops", "olga", Role.DOMAIN_OWNER)
    follow(bench)
    olga = bench.as_(Identity(name="olga"))
    database = bench.context.settings.registry_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database)) as rows:
        what, table = ("INSERT ON", "notice") if fails == "notices" else ("UPDATE ON", "schedule")
        rows.execute(f"CREATE TRIGGER broken BEFORE {what} {table} BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    before = bench.products.get(FLIGHTS)
    with pytest.raises(MeshError):
        olga.products.rollback(FLIGHTS, reason="Wrong", **target)
    now = bench.products.get(FLIGHTS)
    assert (now.version, now.release) == (before.version, before.release)
    assert (acts_for(bench), told(bench)) == (bench.identity.name, [])
    with closing(sqlite3.connect(database)) as rows:
        rows.execute("DROP TRIGGER broken")
    while bench.context.registry.publications.unfinished(flights.product.id):
        recover(bench.context.registry, bench.context.storage, flights.product.id, lease_s=5.0)
    if bench.products.get(FLIGHTS).version == before.version:
        olga.products.rollback(FLIGHTS, reason="Wrong", **target)
    assert (acts_for(bench), len(told(bench))) == ("olga", 1)


def roll_back_and_die(url: str, root: str, release: int, step: str, audience: Audience | None = None) -> None:
    """Body of a process that kills itself when `step` of going back is done."""
    world = open_world(url, root)

    def at(done: str) -> None:
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    rollback(
        world.registry,
        world.storage,
        world.product,
        release=release,
        version=None,
        reason="Wrong",
        by="ana",
        holder="dying",
        lease_s=0.05,
        audience=audience,
        checkpoint=at,
    )


@pytest.mark.parametrize("step", ["locked", "prepared", "committed flights", "released"])
def test_who_dies_while_going_back_leaves_it_done_or_undone(bench: LocalWorkbench, flights: World, step: str) -> None:
    bench.schedules.set(FLIGHTS, ScheduleDraft(cron="0 6 * * *"))
    context, url, root = bench.context, bench.context.settings.registry_url, str(bench.context.storage.root)
    follow(bench)
    audience = consumers(context.registry, context.settings, flights.product)
    arguments = (url, root, 1, step, audience)
    process = multiprocessing.get_context("spawn").Process(target=roll_back_and_die, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    product_id = flights.product.id
    while bench.context.registry.publications.unfinished(product_id):
        recover(bench.context.registry, bench.context.storage, product_id, lease_s=5.0)
    done = step in ("committed flights", "released")
    assert bench.products.get(FLIGHTS).version == ("1.0.0" if done else "1.1.0")
    # the schedule and the notice go with it, whoever ends it
    assert acts_for(bench) == ("ana" if done else bench.identity.name)
    assert len(told(bench)) == (1 if done else 0)
    assert rows(bench) == ([1] if done else [2, 3])
    assert flights.values() == ([1] if done else [2, 3])
    assert [finding.problems for finding in bench.house.examine() if finding.problems] == []
