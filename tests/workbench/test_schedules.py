"""Setting, previewing, pausing and removing schedules: refused before anything is stored, and never in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from mesh_workbench.errors import Forbidden, InvalidInput, NotFound
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.notebook import ParameterSpec
from mesh_workbench.model.product import Product
from mesh_workbench.model.schedule import ScheduleDraft, SlotState
from mesh_workbench.registry import Registry
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.workbench.local import LocalWorkbench
from tests.scheduling import current, known, reasons, released, slots, states

HOUR = timedelta(hours=1)
DAILY = ScheduleDraft(cron="0 6 * * *", timezone="Europe/Madrid")


@pytest.fixture
def registry(bench: LocalWorkbench) -> Registry:
    return bench.context.registry


@pytest.fixture
def orders(registry: Registry) -> Product:
    return known(registry, "sales.orders", parameters=(ParameterSpec(name="month", type="string"),))


def overdue(bench: LocalWorkbench, product: Product, count: int, **fields: Any) -> ScheduleDraft:
    """Schedule the product so that `count` slots of an hour are due."""
    draft = ScheduleDraft(every="hour", **fields)
    bench.schedules.set(product.full_name, draft)
    schedule = current(bench.context.registry, product)
    assert schedule.next_fire is not None
    bench.context.registry.schedules.advance(schedule, schedule.next_fire - count * HOUR)
    return draft


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"cron": "0 0 30 2 *"}, "schedule.invalid-cron"),
        ({"cron": "0 6 * * *", "timezone": "Europe/Madrod"}, "schedule.unknown-zone"),
        ({"after": "any", "timezone": "Europe/Madrod"}, "schedule.unknown-zone"),
        ({"every": "0 s"}, "schedule.bad-interval"),
        ({"every": "1 day", "grace": "1 month"}, "schedule.bad-duration"),
        ({"after": "any", "debounce": "30 days"}, "schedule.bad-duration"),
        ({"after": "any"}, "schedule.no-inputs"),
        ({"cron": "0 6 * * *", "start": "2026-02-01", "end": "2026-01-01"}, "schedule.ends-before-start"),
        ({"cron": "0 6 * * *", "start": "2026-02-01", "end": "2026-02-01"}, "schedule.ends-before-start"),
        ({"cron": "0 6 * * *", "parameters": {"moth": "1"}}, "parameter.unknown"),
        ({"cron": "0 6 * * *", "parameters": {"month": "{slot.strat}"}}, "schedule.unknown-expression"),
    ],
)
def test_what_cannot_work_is_refused_and_not_stored(
    bench: LocalWorkbench, orders: Product, draft: dict[str, Any], code: str
) -> None:
    asked = ScheduleDraft.model_validate(draft)
    for ask in (
        lambda: bench.schedules.set("sales.orders", asked),
        lambda: bench.schedules.preview(asked, product="sales.orders"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            ask()
        assert refusal.value.code == code
        assert refusal.value.hint
    assert bench.schedules.get("sales.orders") is None


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({}, "schedule.no-kind"),
        ({"cron": "0 6 * * *", "every": "1 day"}, "schedule.several-kinds"),
        ({"every": "soon"}, "duration.invalid"),
        ({"cron": "0 6 * * *", "debounce": "PT1M"}, "schedule.only-after"),
        ({"every": "hour", "carry": "last"}, "schedule.only-after"),
    ],
)
def test_a_schedule_is_of_exactly_one_kind(draft: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ScheduleDraft.model_validate(draft)
    assert refusal.value.code == code


def test_a_document_from_before_there_were_kinds_is_read(registry: Registry, orders: Product) -> None:
    document = {
        "cron": "0 6 * * *",
        "timezone": "UTC",
        "parameters": {},
        "start": None,
        "end": None,
        "product_id": orders.id,
        "product": "sales.orders",
        "pause_reason": "Holiday.",
        "acting_identity": "ana",
        "created": "2026-01-01T00:00:00Z",
        "words": "At 06:00 every day, UTC.",
    }
    with registry.transaction(), registry._db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO schedule (id, product_id, paused, next_fire, revision, schema_version, document) "
                "VALUES ('sch_1', :product, 1, '2026-01-01 06:00:00.000000', 3, 1, :document)"
            ),
            {"product": orders.id, "document": json.dumps(document)},
        )
    schedule = current(registry, orders)
    assert (schedule.cron, schedule.catch_up, schedule.overlap) == ("0 6 * * *", "latest", "queue")
    assert schedule.paused
    assert schedule.why_paused(registry.now()) == "sales.orders was paused: Holiday."


def test_a_preview_says_times_in_the_zone_of_who_asks_with_the_values_of_parameters(
    bench: LocalWorkbench, orders: Product
) -> None:
    draft = DAILY.model_copy(update={"parameters": {"month": "{slot.start:%Y-%m}"}})
    found = bench.schedules.preview(draft, product="sales.orders", zone="Asia/Tokyo", count=2)
    assert found.words == "At 06:00 every day, Europe/Madrid."
    assert [slot.at for slot in found.slots] == found.items
    for slot in found.slots:
        assert slot.words.startswith(f"{slot.at + timedelta(hours=9):%A}")
        assert "JST, in " in slot.words
        assert slot.slot.end == slot.at
        assert slot.parameters == {"month": f"{slot.slot.start + timedelta(hours=2):%Y-%m}"}
    with pytest.raises(InvalidInput):
        bench.schedules.preview(DAILY, zone="Asia/Tokio")


def test_a_preview_of_a_schedule_that_waits_for_inputs_names_them_and_when_they_run(
    bench: LocalWorkbench, registry: Registry
) -> None:
    flights = known(registry, "flight_ops.flights")
    known(registry, "sales.delays", reads=("flight_ops.flights", "fleet.planes"))
    bench.schedules.set("flight_ops.flights", DAILY)
    released(registry, flights, 1)
    found = bench.schedules.preview(ScheduleDraft(after="all", debounce="PT5M"), product="sales.delays")
    assert found.words == "When each of its inputs has a new release, once none has come for 5 minutes."
    assert found.items == []
    assert [(one.product, one.newest, one.seen) for one in found.waits_for] == [
        ("flight_ops.flights", 1, 1),
        ("fleet.planes", 0, 0),
    ]
    assert found.waits_for[0].next_fire == current(registry, flights).next_fire


def test_a_schedule_that_begins_to_wait_has_seen_what_is_released_already(
    bench: LocalWorkbench, registry: Registry
) -> None:
    flights = known(registry, "flight_ops.flights")
    delays = known(registry, "sales.delays", reads=("flight_ops.flights",))
    released(registry, flights, 1)
    bench.schedules.set("sales.delays", ScheduleDraft(after="any"))
    assert current(registry, delays).seen == {"flight_ops.flights": 1}
    released(registry, flights, 2)
    changed = bench.schedules.set("sales.delays", ScheduleDraft(after="any", debounce="PT1M"))
    assert changed.seen == {"flight_ops.flights": 2}  # what had come was decided by the schedule as it was
    assert states(registry, delays) == ["run"]


def test_a_change_decides_first_what_is_due_and_says_what_goes_on(
    bench: LocalWorkbench, registry: Registry, orders: Product
) -> None:
    overdue(bench, orders, 3, catch_up="all")
    changed = bench.schedules.set("sales.orders", DAILY)
    assert states(registry, orders) == ["run", "due", "due"]
    assert {decision.by for decision in slots(registry, orders)[0].decisions} == {bench.identity.name}
    assert changed.notes == [
        "Slots that wait, and still run with the parameters they fell due with: 2.",
        "Runs that wait or go on, and are not touched: 1.",
    ]
    assert bench.schedules.preview(DAILY, product="sales.orders").notes == changed.notes
    assert bench.schedules.get("sales.orders") == changed.model_copy(update={"notes": []})


def test_a_pause_skips_what_waits_and_leaves_runs_alone(
    bench: LocalWorkbench, registry: Registry, orders: Product
) -> None:
    overdue(bench, orders, 3, catch_up="all")
    until = registry.now() + HOUR
    paused = bench.schedules.pause("sales.orders", reason="The source moves.", until=until)
    assert (paused.paused, paused.pause_reason) == (True, "The source moves.")
    assert paused.notes == [
        "Slots that waited and are skipped now: 2.",
        "Runs that wait or go on, and are not touched: 1.",
    ]
    assert states(registry, orders) == ["run", "skipped", "skipped"]
    assert reasons(registry, orders)[1] == (
        f"sales.orders was paused by {bench.identity.name} until {until:%Y-%m-%d %H:%M} UTC: The source moves."
    )
    assert bench.schedules.upcoming("sales.orders").notes == [reasons(registry, orders)[1]]
    assert bench.schedules.set("sales.orders", DAILY).paused  # a change does not end a pause
    resumed = bench.schedules.resume("sales.orders")
    assert (resumed.paused, resumed.notes) == (False, [])
    assert bench.schedules.upcoming("sales.orders").notes == []


def test_a_pause_must_end_ahead_and_needs_a_schedule(bench: LocalWorkbench, orders: Product) -> None:
    with pytest.raises(NotFound) as missing:
        bench.schedules.pause("sales.orders", reason="")
    assert missing.value.code == "schedule.none"
    bench.schedules.set("sales.orders", DAILY)
    with pytest.raises(InvalidInput) as refusal:
        bench.schedules.pause("sales.orders", reason="", until=datetime(2020, 1, 1, tzinfo=UTC))
    assert refusal.value.code == "schedule.pause-over"


def test_a_resume_lets_a_schedule_look_at_releases_that_came_in_the_pause(
    bench: LocalWorkbench, registry: Registry
) -> None:
    flights = known(registry, "flight_ops.flights")
    delays = known(registry, "sales.delays", reads=("flight_ops.flights",))
    bench.schedules.set("sales.delays", ScheduleDraft(after="any"))
    ticker = Ticker(registry, by="wrk_1")
    for number, (pause, resume) in enumerate(
        (
            (lambda: bench.schedules.pause("sales.delays", reason=""), lambda: bench.schedules.resume("sales.delays")),
            (lambda: bench.domains.pause("sales", reason=""), lambda: bench.domains.resume("sales")),
        )
    ):
        pause()
        released(registry, flights, number + 1)
        assert ticker.tick() == []
        assert current(registry, delays).next_fire is None
        resume()
        [run] = ticker.tick()
        registry.runs.cancel_request(run.id)


def test_a_paused_domain_holds_its_products_and_those_below_until_it_is_resumed(
    bench: LocalWorkbench, registry: Registry, orders: Product
) -> None:
    bench.domains.add(DomainDraft(name="shops", parent="sales"))
    shop = known(registry, "shops.visits")
    other = known(registry, "fleet.planes")
    for product in (orders, shop, other):
        overdue(bench, product, 2, catch_up="all")
    Ticker(registry, by="wrk_1").tick()
    paused = bench.domains.pause("sales", reason="Inventory.")
    assert (paused.schedules, paused.notes) == (2, ["Slots that waited and are skipped now: 2."])
    assert states(registry, shop) == ["run", "skipped"]
    assert states(registry, other) == ["run", "due"]
    assert bench.domains.get("sales").pause == paused.pause
    detail = bench.products.get("shops.visits").schedule
    assert detail is not None
    assert [pause.scope for pause in detail.domain_pauses] == ["sales"]
    late = bench.schedules.set("sales.orders", DAILY)
    assert late.notes[-1] == f"sales was paused by {bench.identity.name}: Inventory."
    bench.schedules.pause("shops.visits", reason="")
    resumed = bench.domains.resume("sales")
    assert (resumed.schedules, resumed.notes) == (2, ["Schedules that another pause holds: 1."])
    assert bench.domains.get("sales").pause is None


def test_a_pause_until_a_time_ends_by_itself(bench: LocalWorkbench, registry: Registry, orders: Product) -> None:
    bench.schedules.set("sales.orders", ScheduleDraft(every="1 second"))
    until = registry.now() + timedelta(seconds=1.2)
    bench.schedules.pause("sales.orders", reason="", until=until)
    ticker, runs = Ticker(registry, by="wrk_1"), []
    while not runs:
        runs = ticker.tick()
    found = slots(registry, orders)
    assert all(slot.state is SlotState.SKIPPED for slot in found if slot.due and slot.due < until)
    [run] = runs
    assert run.slot is not None
    assert run.slot.end >= until
    assert bench.schedules.get("sales.orders").paused is False  # type: ignore[union-attr]


def test_a_removed_schedule_skips_what_waits(bench: LocalWorkbench, registry: Registry, orders: Product) -> None:
    overdue(bench, orders, 2, catch_up="all")
    removed = bench.schedules.remove("sales.orders")
    assert removed.notes[0] == "Slots that waited and are skipped now: 1."
    assert bench.schedules.get("sales.orders") is None
    assert reasons(registry, orders)[1] == f"The schedule was removed by {bench.identity.name}."
    with pytest.raises(NotFound):
        bench.schedules.remove("sales.orders")


def test_slots_are_listed_with_what_became_of_them(bench: LocalWorkbench, registry: Registry, orders: Product) -> None:
    overdue(bench, orders, 2)
    [run] = Ticker(registry, by="wrk_1").tick()
    page = bench.schedules.slots("sales.orders", limit=1)
    rest = bench.schedules.slots("sales.orders", cursor=page.next)
    assert {slot.state.value for slot in page.items + rest.items} == {"missed", "run"}
    assert run.slot_id in {slot.id for slot in page.items + rest.items}


def test_who_may_not_schedule_may_not_pause_a_domain_either(bench: LocalWorkbench, orders: Product) -> None:
    rita = bench.as_(Identity(name="rita"))
    bench.schedules.set("sales.orders", DAILY)
    for ask in (
        lambda: rita.domains.pause("sales", reason=""),
        lambda: rita.domains.resume("sales"),
        lambda: rita.schedules.remove("sales.orders"),
        lambda: rita.schedules.pause("sales.orders", reason=""),
        lambda: rita.schedules.set("sales.orders", DAILY),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert bench.schedules.get("sales.orders") is not None
    assert rita.schedules.upcoming("sales.orders").items


def test_a_run_by_hand_is_about_the_slot_that_the_schedule_says(
    bench: LocalWorkbench, registry: Registry, orders: Product
) -> None:
    from mesh_workbench.model.run import RunRequest

    bench.schedules.set("sales.orders", ScheduleDraft(every="1 week", timezone="Europe/Madrid"))
    asked = RunRequest(product="sales.orders", slot=datetime(2026, 6, 10, tzinfo=UTC), parameters={"month": "6"})
    slot = bench.runs.request(asked).slot
    assert slot is not None
    assert (slot.start, slot.end) == (
        datetime(2026, 6, 7, 22, tzinfo=UTC),
        datetime(2026, 6, 14, 22, tzinfo=UTC),
    )
