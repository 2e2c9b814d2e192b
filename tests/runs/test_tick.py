"""What schedules make due is recorded, decided by their policies once, and run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from mesh_workbench.model.notebook import ParameterSpec
from mesh_workbench.model.pause import Pause
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import SlotState
from mesh_workbench.registry import Registry
from mesh_workbench.scheduling.due import MOST
from mesh_workbench.scheduling.tick import Ticker, parameters_hash
from tests import records
from tests.scheduling import current, finish, known, overdue, reasons, scheduled, slots, states

HOUR = timedelta(hours=1)
WHILE_AWAY = "It was due while no worker ran; a later slot runs."


@pytest.fixture
def ticker(registry: Registry) -> Ticker:
    return Ticker(registry, by="wrk_1")


def test_parameters_hash_the_same_in_any_order() -> None:
    assert parameters_hash({"a": 1, "b": [1]}) == parameters_hash({"b": [1], "a": 1})
    assert parameters_hash({"a": 1}) != parameters_hash({"a": "1"})


def test_a_due_schedule_records_its_slot_and_queues_its_run(registry: Registry, ticker: Ticker) -> None:
    product = known(registry, parameters=(ParameterSpec(name="month", type="integer"),))
    schedule = overdue(registry, product, 1, parameters={"month": "{slot.start:%m}"}, acting_identity="ben")
    assert schedule.next_fire is not None
    [run] = ticker.tick()
    assert Ticker(registry, by="wrk_2").tick() == []
    assert run == registry.runs.get(run.id)
    assert run.slot is not None
    assert run.slot.end == schedule.next_fire
    assert (run.trigger, run.acting_identity, run.parameters) == ("schedule", "ben", {"month": run.slot.start.month})
    [slot] = slots(registry, product)
    assert (slot.id, slot.state, slot.schedule_key) == (run.slot_id, SlotState.RUN, schedule.id)
    assert (slot.parameters, slot.due) == ({"month": "{slot.start:%m}"}, schedule.next_fire)
    assert [(decision.run_id, decision.by, decision.reason) for decision in slot.decisions] == [
        (run.id, "wrk_1", f"Its schedule: {schedule.words}")
    ]
    assert current(registry, product).next_fire == schedule.next_fire + HOUR
    [audit] = registry.audit.list().items
    assert (audit.actor, audit.action, audit.target) == ("ben", "run.request", product.full_name)


def test_after_a_pause_of_all_workers_the_latest_slot_runs_and_the_others_are_missed(
    registry: Registry, ticker: Ticker
) -> None:
    product = known(registry)
    first = overdue(registry, product, MOST + 20, step=timedelta(minutes=5)).next_fire
    assert first is not None
    runs = [run for _ in range(3) for run in ticker.tick()]
    assert len(runs) == 1
    found = slots(registry, product)
    assert [slot.state for slot in found] == [SlotState.MISSED] * (len(found) - 1) + [SlotState.RUN]
    assert set(reasons(registry, product)[:-1]) == {WHILE_AWAY}
    assert all(len(slot.decisions) == 1 for slot in found)
    starts = [slot.start for slot in found]
    assert {b - a for a, b in pairwise(starts)} == {timedelta(minutes=5)}
    assert starts[0] == first - timedelta(minutes=5)
    assert runs[0].slot is not None
    assert runs[0].slot.start == starts[-1] == first + (MOST + 18) * timedelta(minutes=5)


def test_catching_up_all_runs_every_slot_in_order_one_at_a_time(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    overdue(registry, product, 3, catch_up="all")
    started = []
    for left in (2, 1, 0):
        [run] = ticker.tick()
        assert ticker.tick() == []  # one goes on
        assert states(registry, product).count("due") == left
        started.append(run.slot.start if run.slot else None)
        finish(registry, run)
    assert started == [slot.start for slot in slots(registry, product)]
    assert ticker.tick() == []
    assert states(registry, product) == ["run"] * 3


def test_catching_up_nothing_runs_only_what_is_on_time(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    schedule = overdue(registry, product, 3, catch_up="skip")
    assert schedule.next_fire is not None
    fire = schedule.next_fire + 3 * HOUR
    [run] = ticker.tick(fire + timedelta(minutes=4))
    finish(registry, run)
    assert states(registry, product) == ["missed"] * 3 + ["run"]
    assert ticker.tick(fire + HOUR + timedelta(minutes=6)) == []
    assert states(registry, product)[-1] == "missed"
    assert reasons(registry, product)[-1] == (
        "It could start 6 minutes after it was due, which is later than its grace of 5 minutes."
    )


@pytest.mark.parametrize(
    ("catch_up", "expected"), [("latest", ["missed"] * 4), ("all", ["missed", "missed", "run", "due"])]
)
def test_slots_older_than_the_grace_are_missed(
    registry: Registry, ticker: Ticker, catch_up: str, expected: list[str]
) -> None:
    product = known(registry)
    grace = "PT90M" if catch_up == "all" else "PT10M"
    schedule = overdue(registry, product, 4, catch_up=catch_up, grace=grace)
    assert schedule.next_fire is not None
    ticker.tick(schedule.next_fire + 3 * HOUR + timedelta(minutes=20))
    assert states(registry, product) == expected


def test_a_slot_that_waits_longer_than_the_grace_is_missed(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    schedule = overdue(registry, product, 1, grace="PT30M")
    fire = schedule.next_fire
    assert fire is not None
    [first] = ticker.tick(fire)
    ticker.tick(fire + HOUR)
    assert states(registry, product) == ["run", "due"]
    finish(registry, first)
    assert ticker.tick(fire + HOUR + timedelta(minutes=31)) == []
    assert states(registry, product) == ["run", "missed"]


def test_a_slot_waits_while_the_run_before_goes_on(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    fire = overdue(registry, product, 1).next_fire
    assert fire is not None
    [first] = ticker.tick(fire)
    assert ticker.tick(fire + HOUR) == []
    assert states(registry, product) == ["run", "due"]
    assert ticker.behind() is False
    finish(registry, first)
    assert ticker.behind() is True
    [second] = ticker.tick(fire + HOUR)
    assert second.slot is not None
    assert second.slot.start == fire
    assert states(registry, product) == ["run", "run"]


def test_a_slot_is_skipped_while_the_run_before_goes_on(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    fire = overdue(registry, product, 1, overlap="skip").next_fire
    assert fire is not None
    [first] = ticker.tick(fire)
    assert ticker.tick(fire + HOUR) == []
    assert states(registry, product) == ["run", "skipped"]
    assert reasons(registry, product)[-1] == f"It was due while the run {first.id} of the slot before goes on."
    finish(registry, first)
    assert len(ticker.tick(fire + 2 * HOUR)) == 1


def test_the_run_before_is_cancelled_and_the_slot_waits_for_its_end(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    fire = overdue(registry, product, 1, overlap="cancel").next_fire
    assert fire is not None
    [first] = ticker.tick(fire)
    registry.runs.claim("wrk_1", None, 60)
    assert ticker.tick(fire + HOUR) == []
    asked = registry.runs.get(first.id)
    assert asked is not None
    assert asked.cancel_requested
    assert ticker.tick(fire + 2 * HOUR) == []  # the newest takes the place of the one that waits
    assert states(registry, product) == ["run", "skipped", "due"]
    finish(registry, first, RunState.CANCELLED)
    [last] = ticker.tick(fire + 2 * HOUR)
    assert ticker.tick(fire + 3 * HOUR)[0].slot is not None  # one that has not started is cancelled at once
    cancelled = registry.runs.get(last.id)
    assert cancelled is not None
    assert cancelled.state is RunState.CANCELLED


def test_what_a_person_asked_for_does_not_count_as_the_run_before(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    version = registry.versions.newest(product.id)
    assert version is not None
    registry.runs.add(records.run(version))
    overdue(registry, product, 1, overlap="skip")
    assert len(ticker.tick()) == 1


def test_a_product_that_cannot_run_misses_its_slots(registry: Registry, ticker: Ticker) -> None:
    unversioned = records.known_product(registry, "fleet.planes")
    retired = known(registry, "fleet.airlines")
    registry.products.change(retired.id, status=ProductStatus.RETIRED)
    misfit = known(registry, "fleet.engines", parameters=(ParameterSpec(name="month", type="integer"),))
    overdue(registry, unversioned, 1)
    overdue(registry, retired, 1)
    overdue(registry, misfit, 1, parameters={"moth": 3})
    assert ticker.tick() == []
    assert reasons(registry, unversioned) == ["The product has no version."]
    assert reasons(registry, retired) == ["The product is retired."]
    assert reasons(registry, misfit) == [
        "Its parameters do not fit version 1.0.0: There is no parameter 'moth'. (moth) Did you mean month?"
    ]


def test_what_falls_due_in_a_pause_is_skipped_with_its_reason_also_when_it_is_looked_at_later(
    registry: Registry, ticker: Ticker
) -> None:
    product = known(registry)
    schedule = overdue(registry, product, 3)
    first = schedule.next_fire
    assert first is not None
    pause = Pause(scope=product.full_name, by="ana", reason="The source moves.", since=first, until=first + 2 * HOUR)
    registry.schedules.set(schedule.model_copy(update={"paused": True, "pause": pause}))
    [run] = ticker.tick()
    assert run.slot is not None
    assert run.slot.end == first + 2 * HOUR
    assert states(registry, product) == ["skipped", "skipped", "run"]
    assert reasons(registry, product)[0] == (
        f"flight_ops.flights was paused by ana until {first + 2 * HOUR:%Y-%m-%d %H:%M} UTC: The source moves."
    )
    assert current(registry, product).paused is False  # it went on by itself


def test_a_paused_domain_holds_the_domains_below_it(registry: Registry, ticker: Ticker) -> None:
    registry.domains.add(records.domain("ops"))
    registry.domains.add(records.domain("flight_ops", parent="ops"))
    registry.domains.add(records.domain("fleet"))
    held, free = known(registry, "flight_ops.flights"), known(registry, "fleet.planes")
    overdue(registry, held, 1)
    overdue(registry, free, 1)
    domain = registry.domains.get("ops")
    assert domain is not None
    pause = Pause(scope="ops", by="ana", since=registry.now() - 2 * HOUR)
    registry.domains.update(domain.model_copy(update={"pause": pause}))
    [run] = ticker.tick()
    assert run.product == "fleet.planes"
    assert states(registry, held) == ["skipped"]
    assert reasons(registry, held) == ["ops was paused by ana."]


def test_a_schedule_that_is_over_fires_no_more(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    due = overdue(registry, product, 1).next_fire
    overdue(registry, product, 1, end=due)
    assert len(ticker.tick()) == 1
    assert current(registry, product).next_fire is None
    assert ticker.rest_s() is None


def test_a_schedule_that_cannot_be_read_does_not_hold_up_the_others(registry: Registry, ticker: Ticker) -> None:
    broken, good = known(registry, "fleet.planes"), known(registry, "fleet.engines")
    schedule = overdue(registry, broken, 2)
    registry.schedules.set(schedule.model_copy(update={"timezone": "Atlantis/Capital"}))
    overdue(registry, good, 1)
    assert [run.product for run in ticker.tick()] == ["fleet.engines"]
    assert ticker.rest_s() != 0  # it is not tried again and again
    assert current(registry, broken).next_fire == schedule.next_fire


def test_seconds_count_and_a_thousand_missed_ones_are_told(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    overdue(registry, product, 100, step=timedelta(seconds=10))
    runs = []
    while ticker.behind():
        runs += ticker.tick()
    [run] = runs
    assert run.slot is not None
    assert run.slot.end - run.slot.start == timedelta(seconds=10)
    assert 100 <= len(slots(registry, product)) <= 110


def test_when_nothing_is_due_the_next_fire_says_how_long_to_rest(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    assert ticker.rest_s() is None
    schedule = scheduled(registry, product, next_fire=registry.now() + HOUR)
    rest_s = ticker.rest_s()
    assert rest_s is not None
    assert 3590 < rest_s <= 3600
    registry.schedules.set(schedule.model_copy(update={"next_fire": datetime(2020, 1, 1, tzinfo=UTC)}))
    assert ticker.rest_s() == 0
