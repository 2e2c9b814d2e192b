"""A clock that jumps, forward or back, loses no slot, decides none twice, and stops no schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mesh_workbench.registry import Registry
from mesh_workbench.scheduling.rearm import ClockWatch, rearm
from mesh_workbench.scheduling.tick import Ticker
from tests.scheduling import current, finish, known, scheduled, slots, states

NOON = datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ticker(registry: Registry) -> Ticker:
    return Ticker(registry, by="wrk_1")


def test_after_a_jump_forward_the_latest_slot_runs_and_every_other_is_missed(
    registry: Registry, ticker: Ticker
) -> None:
    product = known(registry)
    scheduled(registry, product, next_fire=NOON.replace(minute=0, second=0))
    [first] = ticker.tick(NOON)
    finish(registry, first)
    [second] = ticker.tick(NOON + 5 * HOUR)
    assert states(registry, product) == ["run", "missed", "missed", "missed", "missed", "run"]
    assert second.slot is not None
    assert second.slot.end == NOON.replace(minute=0, second=0) + 5 * HOUR


def test_after_a_jump_back_fire_times_are_right_again_and_decided_slots_stay(
    registry: Registry, ticker: Ticker
) -> None:
    product, distant = known(registry), known(registry, "fleet.planes")
    noon = NOON.replace(minute=0, second=0)
    scheduled(registry, product, next_fire=noon)
    scheduled(registry, distant, next_fire=noon, end=noon + 100 * HOUR)
    by_mistake = NOON + timedelta(days=10)
    while (fire := current(registry, product).next_fire) is None or fire <= by_mistake:
        for run in ticker.tick(by_mistake):
            finish(registry, run)
    assert current(registry, distant).next_fire is None
    decided = {slot.id: slot.decisions for slot in slots(registry, product)}

    assert rearm(registry, NOON) == 2
    assert current(registry, product).next_fire == noon + HOUR
    assert current(registry, distant).next_fire == noon + HOUR  # it seemed to be over
    assert ticker.tick(NOON + HOUR) == []  # that slot is decided already
    assert current(registry, product).next_fire == noon + 2 * HOUR
    assert {slot.id: slot.decisions for slot in slots(registry, product)} == decided
    assert rearm(registry, NOON + HOUR) == 0


def test_a_short_jump_back_decides_nothing_twice(registry: Registry, ticker: Ticker) -> None:
    product = known(registry)
    scheduled(registry, product, next_fire=NOON.replace(minute=0, second=0))
    [run] = ticker.tick(NOON)
    finish(registry, run)
    back = NOON - timedelta(minutes=1)
    rearm(registry, back)
    assert ticker.tick(back) == ticker.tick(NOON) == []
    assert states(registry, product) == ["run"]
    assert [len(slot.decisions) for slot in slots(registry, product)] == [1]
    assert len(ticker.tick(NOON + HOUR)) == 1


def test_what_is_due_or_waits_for_inputs_is_left_alone(registry: Registry) -> None:
    due, waiting = known(registry), known(registry, "insights.delays", reads=("flight_ops.flights",))
    scheduled(registry, due, next_fire=NOON)
    scheduled(registry, waiting, after="any", next_fire=NOON + HOUR)
    assert rearm(registry, NOON) == 0


def test_a_clock_that_was_set_back_is_noticed_and_a_steady_one_is_not() -> None:
    steady = iter([0.0, 10.0, 20.0, 21.0, 22.0, 30.0])
    watch = ClockWatch(lambda: next(steady))
    assert watch.set_back(NOON)  # the first look: nobody knows what was before
    assert not watch.set_back(NOON + timedelta(seconds=9.5))
    assert watch.set_back(NOON + timedelta(seconds=12))  # ten seconds went by, the clock says 2.5
    assert not watch.set_back(NOON + timedelta(days=3))
    assert watch.set_back(NOON)
    assert not watch.set_back(NOON + timedelta(seconds=8))
