"""Runs and slots: who works on what, and what is decided once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from mesh_workbench.errors import Broken, Conflict, NotFound
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, InputRelease, Progress, Run, RunState
from mesh_workbench.model.schedule import Slot, SlotDecision, SlotState
from mesh_workbench.registry import Registry
from mesh_workbench.registry.claims import CANCEL_S
from tests import records

FAILURE = Failure(failure_class="user_code", code="run.cell-failed", message="ZeroDivisionError", cell=3)


@pytest.fixture
def queued(registry: Registry) -> Run:
    return registry.runs.add(records.run(records.known_version(registry), parameters={"z": 1, "a": [None, "x"]}))


def test_a_run_goes_from_the_queue_to_its_end(registry: Registry, queued: Run) -> None:
    assert registry.runs.counts() == (1, 0)
    claimed = registry.runs.claim("wrk_1", None, 30)
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.attempts[0].worker) == (queued.id, RunState.STARTING, "wrk_1")
    assert claimed.started is not None
    assert list(claimed.parameters) == ["z", "a"]
    assert registry.runs.claim("wrk_2", None, 30) is None
    read = [InputRelease(port="fleet.planes", product_id="prd_1", release=4, version="1.0.0")]
    mine = {"worker_id": "wrk_1", "attempt": 1}
    registry.runs.advance(queued.id, **mine, state=RunState.RUNNING, inputs=read)
    running = registry.runs.advance(queued.id, **mine, progress=Progress(step="run", cell=2, cells=5))
    assert (running.state, running.inputs, running.progress.cell) == (RunState.RUNNING, read, 2)
    assert registry.runs.counts() == (0, 1)
    done = registry.runs.finish(queued.id, **mine, state=RunState.SUCCEEDED, release=1, report_id="rep_1")
    assert (done.state, done.release, done.inputs) == (RunState.SUCCEEDED, 1, read)
    assert done.finished is not None
    assert done.attempts[0].finished == done.finished or done.attempts[0].finished
    assert registry.runs.get(queued.id) == done
    assert registry.runs.latest_for([done.product_id, "prd_unknown"]) == {done.product_id: done}


def test_the_newest_run_of_the_present_major_version_is_told_apart(registry: Registry) -> None:
    first = records.known_version(registry)
    product = registry.products.by_id(first.product_id)
    assert product is not None
    second = registry.versions.add(records.version(product, "2.1.0"))
    registry.products.change(product.id, version="2.1.0")
    older = registry.runs.add(records.run(first))
    current = registry.runs.add(records.run(second))
    beside = registry.runs.add(records.run(first))

    def newest(**asked: bool) -> str | None:
        found = registry.runs.latest_for([product.id], **asked).get(product.id)
        return found.id if found else None

    assert newest() == beside.id
    assert newest(current=True) == current.id
    registry.products.change(product.id, version="1.0.0")  # rolled back
    assert newest(current=True) == beside.id
    assert older.id < current.id < beside.id


def test_a_run_knows_when_each_step_of_its_newest_attempt_began_and_ended(registry: Registry, queued: Run) -> None:
    assert [step.step for step in queued.steps] == ["queue"]
    registry.runs.claim("wrk_1", None, 30)
    mine = {"worker_id": "wrk_1", "attempt": 1}
    for step in ("run", "run", "check"):
        registry.runs.advance(queued.id, **mine, progress=Progress.model_validate({"step": step}))
    failed = registry.runs.finish(queued.id, **mine, state=RunState.FAILED, failure=FAILURE)
    assert [step.step for step in failed.steps] == ["queue", "start", "run", "check"]
    ends = [step.ended for step in failed.steps]
    assert ends[:-1] == [step.began for step in failed.steps[1:]]
    assert None not in ends
    again = registry.runs.requeue(queued.id)
    [waiting] = again.steps
    assert (waiting.step, waiting.ended) == ("queue", None)
    assert waiting.began >= failed.steps[-1].began


def test_only_the_owner_of_an_attempt_moves_a_run(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 30)
    for stranger in ({"worker_id": "wrk_2", "attempt": 1}, {"worker_id": "wrk_1", "attempt": 2}):
        assert not registry.runs.heartbeat(queued.id, **stranger, lease_s=30)
        with pytest.raises(Conflict) as conflict:
            registry.runs.advance(queued.id, **stranger, state=RunState.RUNNING)
        assert conflict.value.code == "run.not-mine"
        with pytest.raises(Conflict):
            registry.runs.finish(queued.id, **stranger, state=RunState.FAILED, failure=FAILURE)
    assert registry.runs.heartbeat(queued.id, "wrk_1", 1, 30)
    registry.runs.finish(queued.id, worker_id="wrk_1", attempt=1, state=RunState.FAILED, failure=FAILURE)
    with pytest.raises(Conflict):
        registry.runs.advance(queued.id, worker_id="wrk_1", attempt=1, progress=Progress(step="publish"))
    with pytest.raises(Conflict):
        registry.runs.resolve(queued.id, state=RunState.SUCCEEDED)


def test_steps_that_make_no_sense_are_our_own_fault(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 30)
    mine = {"worker_id": "wrk_1", "attempt": 1}
    with pytest.raises(Broken):
        registry.runs.advance(queued.id, **mine, state=RunState.SUCCEEDED)
    with pytest.raises(Broken):
        registry.runs.finish(queued.id, **mine, state=RunState.RUNNING)
    with pytest.raises(Broken):
        registry.runs.advance(queued.id, **mine, product="fleet.planes")


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_is_asked(registry: Registry, queued: Run) -> None:
    other = registry.runs.add(records.run(records.known_version(registry, number="1.1.0")))
    registry.runs.claim("wrk_1", None, 30)
    asked = registry.runs.cancel_request(queued.id)
    assert (asked.state, asked.finished) == (RunState.STARTING, None)
    assert asked.cancel_requested
    assert not registry.runs.goes_on(queued.id, "wrk_1", 1)
    gone = registry.runs.cancel_request(other.id)
    assert gone.state is RunState.CANCELLED
    assert gone.finished is not None
    with pytest.raises(Conflict, match="is cancelled"):
        registry.runs.cancel_request(other.id)
    with pytest.raises(NotFound):
        registry.runs.cancel_request("run_unknown")


def test_a_run_whose_end_was_asked_for_ends_although_its_worker_goes_on_renewing(registry: Registry) -> None:
    registry.runs.add(records.run(records.known_version(registry)))
    run = registry.runs.claim("wrk_1", None, 3600)
    assert run is not None
    asked = registry.runs.cancel_request(run.id)
    assert asked.cancel_requested
    until = registry.runs.lease_of(run.id)
    assert until is not None
    assert until - registry.now() <= timedelta(seconds=CANCEL_S)
    assert registry.runs.heartbeat(run.id, "wrk_1", 1, 3600)
    registry.runs.cancel_request(run.id)  # asking twice does not put it off
    assert registry.runs.lease_of(run.id) == until


def test_a_worker_that_stops_ends_what_was_to_be_cancelled(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 30)
    registry.runs.cancel_request(queued.id)
    assert registry.runs.give_back(queued.id, worker_id="wrk_1", attempt=1)
    found = registry.runs.get(queued.id)
    assert found is not None
    assert (found.state, found.attempts[0].state) == (RunState.CANCELLED, RunState.CANCELLED)


def test_a_cancelled_run_whose_worker_is_lost_ends_as_cancelled(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 0.01)
    registry.runs.cancel_request(queued.id, within_s=0.01)
    time.sleep(0.05)
    [expired] = registry.runs.expired()
    lost = registry.runs.lose(expired, retry=RetryPolicy())
    assert lost is not None
    assert lost.state is RunState.CANCELLED


def test_a_failed_run_is_tried_again_as_a_new_attempt(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 30)
    with pytest.raises(Conflict, match="is starting"):
        registry.runs.requeue(queued.id)
    registry.runs.finish(queued.id, worker_id="wrk_1", attempt=1, state=RunState.FAILED, failure=FAILURE)
    again = registry.runs.requeue(queued.id)
    assert (again.state, again.failure, again.finished, len(again.attempts)) == (RunState.QUEUED, None, None, 1)
    claimed = registry.runs.claim("wrk_2", None, 30)
    assert claimed is not None
    assert [attempt.number for attempt in claimed.attempts] == [1, 2]
    assert claimed.attempts[0].failure == FAILURE


def test_nothing_starts_again_before_its_publication_is_resolved(registry: Registry, queued: Run) -> None:
    registry.runs.claim("wrk_1", None, 0.01)
    product = registry.products.by_id(queued.product_id)
    assert product is not None
    fence = registry.publications.acquire_lock(product.id, "wrk_1", 0.01)
    registry.publications.prepare(records.publication(product, fence, run_id=queued.id))
    time.sleep(0.05)
    assert registry.runs.expired() == []
    assert not registry.runs.give_back(queued.id, worker_id="wrk_1", attempt=1)
    registry.runs.resolve(queued.id, state=RunState.FAILED, failure=FAILURE)
    with pytest.raises(Conflict) as conflict:
        registry.runs.requeue(queued.id)
    assert conflict.value.code == "run.unresolved"


def test_the_same_idempotency_key_gives_the_same_run(registry: Registry) -> None:
    version = records.known_version(registry)
    first = registry.runs.add(records.run(version), idempotency_key="k\0ey")
    assert registry.runs.add(records.run(version), idempotency_key="k\0ey") == first
    assert registry.runs.by_idempotency("k\0ey") == first
    assert registry.runs.by_idempotency("other") is None
    assert len(registry.runs.list(version.product_id).items) == 1


def test_runs_are_listed_newest_first_with_their_attempts(registry: Registry) -> None:
    version = records.known_version(registry)
    runs = []
    for _ in range(3):
        runs.append(registry.runs.add(records.run(version)))
        time.sleep(0.002)
    registry.runs.claim("wrk_1", None, 30)
    page = registry.runs.list(limit=2)
    rest = registry.runs.list(cursor=page.next, limit=2)
    assert [run.id for run in (*page.items, *rest.items)] == [run.id for run in reversed(runs)]
    assert rest.next is None
    assert [len(run.attempts) for run in (*page.items, *rest.items)] == [0, 0, 1]


def test_what_databases_refuse_comes_back_as_it_was(registry: Registry) -> None:
    version = records.known_version(registry)
    strange = {"nul": "a\0b", "esc": "\x1b[31m\x1b0", "half": "\ud800", "nan": float("inf"), "$float": "x", "k\0": [{}]}
    run = registry.runs.add(records.run(version, parameters=strange, acting_identity="an\0a"))
    found = registry.runs.get(run.id)
    assert found is not None
    assert found.parameters == strange
    assert found.acting_identity == "an\0a"
    assert registry.runs.claim("wrk_1", "an\0a", 30) is not None
    assert registry.products.get("x\0", "y\ud800") is None


def a_slot(product_id: str, start: datetime, **changes: str) -> Slot:
    fields = {"id": new_id("slt"), "schedule_key": "sch_1", "parameters_hash": "h", **changes}
    return Slot.model_validate({"product_id": product_id, "start": start, "end": start + timedelta(days=1), **fields})


def test_a_slot_is_decided_once_and_a_backfill_adds_a_decision(registry: Registry) -> None:
    product = records.known_product(registry)
    start = datetime(2013, 1, 1, 5, tzinfo=UTC)
    slot = registry.slots.ensure(a_slot(product.id, start))
    assert registry.slots.ensure(a_slot(product.id, start)).id == slot.id
    others = [
        registry.slots.ensure(a_slot(product.id, start + timedelta(microseconds=1))),
        registry.slots.ensure(a_slot(product.id, start, schedule_key="manual")),
        registry.slots.ensure(a_slot(product.id, start, parameters_hash="i")),
    ]
    assert len({slot.id, *(other.id for other in others)}) == 4
    decided = registry.slots.decide(slot.id, SlotDecision(at=now(), state="missed", reason="late", by="wrk_1"))
    assert (decided.state, decided.decisions[0].reason) == (SlotState.MISSED, "late")
    with pytest.raises(Conflict) as conflict:
        registry.slots.decide(slot.id, SlotDecision(at=now(), state="run", run_id="run_1"))
    assert conflict.value.code == "slot.decided"
    again = registry.slots.decide(slot.id, SlotDecision(at=now(), state="run", run_id="run_1"), again=True)
    assert [decision.state for decision in again.decisions] == ["missed", "run"]
    assert registry.slots.get(slot.id) == again
    assert again.state is SlotState.RUN
    with pytest.raises(NotFound):
        registry.slots.decide("slt_unknown", SlotDecision(at=now(), state="run"))


def test_a_schedule_keeps_its_id_and_only_one_advances_it(registry: Registry) -> None:
    product = records.known_product(registry)
    fire, following = (datetime(2026, 1, day, 6, tzinfo=UTC) for day in (1, 2))
    first = registry.schedules.set(records.schedule(product, next_fire=fire))
    second = registry.schedules.set(records.schedule(product, "0 7 * * *", next_fire=fire))
    assert (second.id, second.revision, second.cron) == (first.id, 2, "0 7 * * *")
    assert registry.schedules.due() == [second]
    assert registry.schedules.due(fire - timedelta(seconds=1)) == []
    assert not registry.schedules.advance(first, following)  # it was edited since
    assert registry.schedules.advance(second, following)
    assert not registry.schedules.advance(second, following)
    assert registry.schedules.get(product.id) == second.model_copy(update={"next_fire": following})
    paused = registry.schedules.set(second.model_copy(update={"paused": True}))
    assert registry.schedules.due() == [paused]  # its slots are decided too
    assert paused.why_paused(registry.now())
    assert registry.schedules.remove(product.id)
    assert registry.schedules.get(product.id) is None


def test_workers_are_alive_by_the_clock_of_the_database(registry: Registry) -> None:
    from mesh_workbench.model.status import Worker

    one = Worker(id="wrk_1", identity="*", host="h", pid=1, started=now(), seen=datetime(2000, 1, 1, tzinfo=UTC))
    registry.workers.beat(one)
    registry.workers.beat(one.model_copy(update={"busy": 2}))
    [alive] = registry.workers.alive(30)
    assert alive.busy == 2
    assert abs(alive.seen - registry.now()) < timedelta(seconds=10)
    time.sleep(0.05)
    assert registry.workers.alive(0.01) == []
    assert registry.workers.forget(3600) == 0
    registry.workers.remove("wrk_1")
    assert registry.workers.alive(30) == []
