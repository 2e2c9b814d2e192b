"""Schedules that wait for inputs: a release fires once, with the interval it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mesh_workbench.model.pause import Pause
from mesh_workbench.model.product import Product
from mesh_workbench.model.run import Run
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.scheduling.tick import Ticker
from tests import records
from tests.scheduling import current, finish, known, reasons, released, scheduled, slots, states

MINUTE = timedelta(minutes=1)


def day(number: int, days: int = 1) -> SlotTime:
    start = datetime(2013, 1, number, tzinfo=UTC)
    return SlotTime(start=start, end=start + timedelta(days=days))


@pytest.fixture
def ticker(registry: Registry) -> Ticker:
    return Ticker(registry, by="wrk_1")


@pytest.fixture
def flights(registry: Registry) -> Product:
    return known(registry, "flight_ops.flights")


@pytest.fixture
def planes(registry: Registry) -> Product:
    return known(registry, "fleet.planes")


@pytest.fixture
def delays(registry: Registry, flights: Product, planes: Product) -> Product:
    """A product that reads two others."""
    return known(registry, "insights.delays", reads=(flights.full_name, planes.full_name))


SEEN_NOTHING = {"flight_ops.flights": 0, "fleet.planes": 0}


def ran(registry: Registry, run: Run) -> SlotTime | None:
    finish(registry, run)
    return run.slot


def test_a_new_release_of_any_input_fires_once_with_its_interval(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="any", seen=SEEN_NOTHING, timezone="Europe/Madrid")
    assert ticker.tick() == []
    released(registry, flights, 1, day(1))
    assert ticker.rest_s() == 0
    [run] = ticker.tick()
    assert run.product == "insights.delays"
    assert run.slot == day(1).model_copy(update={"timezone": "Europe/Madrid"})
    assert current(registry, delays).seen == {"flight_ops.flights": 1, "fleet.planes": 0}
    assert reasons(registry, delays) == ["New releases: flight_ops.flights 1."]
    finish(registry, run)
    assert ticker.tick() == Ticker(registry, by="wrk_2").tick() == []
    assert ticker.rest_s() is None


def test_a_release_already_seen_does_not_fire_again_after_a_restart(
    registry_url: str,
) -> None:
    registry = open_registry(registry_url)
    flights = known(registry, "flight_ops.flights")
    delays = known(registry, "insights.delays", reads=(flights.full_name,))
    scheduled(registry, delays, after="any", seen={"flight_ops.flights": 0})
    released(registry, flights, 1, day(1))
    [run] = Ticker(registry, by="wrk_1").tick()
    finish(registry, run)
    registry.close()
    again = open_registry(registry_url)
    schedule = current(again, delays)
    again.schedules.advance(schedule, again.now())  # even when something wakes it
    assert Ticker(again, by="wrk_2").tick() == []
    assert states(again, delays) == ["run"]
    again.close()


def test_all_inputs_must_have_a_new_release(
    registry: Registry, ticker: Ticker, flights: Product, planes: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="all", seen=SEEN_NOTHING)
    released(registry, flights, 1, day(1))
    released(registry, flights, 2, day(2))
    assert ticker.tick() == []
    assert ticker.rest_s() is None  # it rests until another release comes
    released(registry, planes, 1, day(1))
    [run] = ticker.tick()
    assert run.slot == day(1, days=2)
    assert slots(registry, delays)[0].releases == {"flight_ops.flights": 2, "fleet.planes": 1}


@pytest.mark.parametrize(
    ("carry", "expected"),
    [("union", [day(1, days=3)]), ("last", [day(2)]), ("each", [day(1), day(2), day(3)])],
)
def test_the_intervals_of_several_releases_are_carried_as_the_schedule_says(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product, carry: str, expected: list[SlotTime]
) -> None:
    scheduled(registry, delays, after="any", carry=carry, seen=SEEN_NOTHING)
    for number, slot in enumerate((day(3), day(1), day(2)), start=1):
        released(registry, flights, number, slot)
    found = []
    while runs := ticker.tick():
        found += [ran(registry, run) for run in runs]
    assert found == expected


def test_releases_without_an_interval_make_a_run_without_one(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="any", seen=SEEN_NOTHING)
    release = released(registry, flights, 1)
    [run] = ticker.tick()
    assert run.slot is None  # so that it replaces the whole table
    [slot] = slots(registry, delays)
    assert (slot.id, slot.start) == (run.slot_id, release.published)


def test_parameters_that_need_an_interval_miss_a_slot_without_one(
    registry: Registry, ticker: Ticker, flights: Product
) -> None:
    from mesh_workbench.model.notebook import ParameterSpec

    delays = known(
        registry, "insights.delays", reads=(flights.full_name,), parameters=(ParameterSpec(name="day", type="date"),)
    )
    scheduled(registry, delays, after="any", seen={flights.full_name: 0}, parameters={"day": "{slot.start}"})
    released(registry, flights, 1)
    assert ticker.tick() == []
    assert "is about no interval of time" in reasons(registry, delays)[0]
    released(registry, flights, 2, day(5))
    assert [run.parameters for run in ticker.tick()] == [{"day": "2013-01-05"}]


def test_the_same_interval_released_again_runs_again(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="any", seen=SEEN_NOTHING)
    for number in (1, 2):
        released(registry, flights, number, day(1))
        [run] = ticker.tick()
        assert ran(registry, run) == day(1)
    assert [len(slot.decisions) for slot in slots(registry, delays)] == [1, 1]


def test_a_debounce_gathers_what_comes_within_it(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="any", debounce="PT5M", seen=SEEN_NOTHING)
    released(registry, flights, 1, day(1))
    first = current(registry, delays).next_fire
    assert first is not None
    assert timedelta(minutes=4) < first - registry.now() <= 5 * MINUTE
    released(registry, flights, 2, day(2))
    second = current(registry, delays).next_fire
    assert second is not None
    assert second > first  # it waits for quiet
    assert ticker.tick() == ticker.tick(second - MINUTE) == []
    [run] = ticker.tick(second)
    assert run.slot == day(1, days=2)


def test_a_busy_input_cannot_hold_a_schedule_up_for_ever(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    schedule = scheduled(registry, delays, after="any", debounce="1 second", seen=SEEN_NOTHING)
    released(registry, flights, 1, day(1))
    begun = registry.now()
    number = 1
    while registry.now() < begun + timedelta(seconds=1.5):  # never quiet for a second
        number += 1
        released(registry, flights, number, day(number % 28 + 1))
    waiting = current(registry, delays).next_fire
    assert waiting is not None
    assert waiting <= begun + timedelta(seconds=10)
    assert schedule.debounce == "PT1S"


def test_releases_that_come_in_a_pause_count_when_it_ends(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    schedule = scheduled(registry, delays, after="any", seen=SEEN_NOTHING)
    until = registry.now() + 60 * MINUTE
    pause = Pause(scope=delays.full_name, since=registry.now(), until=until)
    registry.schedules.set(schedule.model_copy(update={"paused": True, "pause": pause}))
    released(registry, flights, 1, day(1))
    assert ticker.tick() == []
    assert states(registry, delays) == []
    assert current(registry, delays).next_fire == until
    [run] = ticker.tick(until)
    assert run.slot == day(1)


def test_a_newer_release_waits_while_the_run_before_goes_on(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    scheduled(registry, delays, after="any", seen=SEEN_NOTHING)
    released(registry, flights, 1, day(1))
    [first] = ticker.tick()
    released(registry, flights, 2, day(2))
    assert ticker.tick() == []
    assert states(registry, delays) == ["run", "due"]
    finish(registry, first)
    assert [run.slot for run in ticker.tick()] == [day(2)]


def test_only_releases_of_the_major_version_that_is_relied_on_count(registry: Registry, ticker: Ticker) -> None:
    flights = known(registry, "flight_ops.flights")
    delays = known(registry, "insights.delays", reads=("flight_ops.flights@1",))
    scheduled(registry, delays, after="any", seen={"flight_ops.flights": 0})
    released(registry, flights, 1, day(1), major=2)
    assert ticker.tick() == []
    released(registry, flights, 2, day(2), major=1)
    assert [run.slot for run in ticker.tick()] == [day(2)]


def test_an_input_that_a_new_version_adds_counts_from_its_next_release_on(
    registry: Registry, ticker: Ticker, flights: Product, planes: Product
) -> None:
    from mesh_workbench.model.notebook import InputSpec

    delays = known(registry, "insights.delays", reads=(flights.full_name,))
    scheduled(registry, delays, after="any", seen={flights.full_name: 0})
    released(registry, planes, 1, day(1))
    assert ticker.rest_s() is None
    both = [InputSpec(port=name, cell=0) for name in (flights.full_name, planes.full_name)]
    registry.versions.add(records.version(delays, "1.1.0", inputs=both))
    released(registry, flights, 1, day(2))
    [run] = ticker.tick()
    assert ran(registry, run) == day(2)
    released(registry, planes, 2, day(3))
    assert [run.slot for run in ticker.tick()] == [day(3)]


def test_a_release_outside_start_and_end_does_not_fire(
    registry: Registry, ticker: Ticker, flights: Product, delays: Product
) -> None:
    start = registry.now() + 10 * MINUTE
    scheduled(registry, delays, after="any", seen=SEEN_NOTHING, start=start, end=start + MINUTE)
    released(registry, flights, 1, day(1))
    assert current(registry, delays).next_fire == start
    assert ticker.tick(start - MINUTE) == []
    assert ticker.tick(start + 2 * MINUTE) == []  # a worker looked too late
    assert states(registry, delays) == []
