"""Schedules that give the values of a preset: of the version that runs, under what the schedule gives itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.backfill import BackfillRequest
from mesh_workbench.model.base import new_id
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.scheduling import current, reasons

SOURCE = "import mesh_workbench as mesh\nmesh.output('orders', frame)"
PARAMETERS = "month: int = 1\ncountry: str = 'ES'\nday: str = ''"
SUMMER = {"summer": {"month": 7, "country": "{slot.start}"}}


def promote(bench: LocalWorkbench, presets: dict[str, object], schedule: ScheduleDraft | None = None) -> None:
    text = notebook(SOURCE, parameters=PARAMETERS, metadata={"mesh": {"presets": presets}})
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders", schedule=schedule))


def fall_due(bench: LocalWorkbench) -> list[dict[str, object]]:
    """Let one slot fall due and start; gives the parameters of the runs so far, the newest first."""
    registry = bench.context.registry
    schedule = current(registry, bench.context.product("sales.orders"))
    assert schedule.next_fire is not None
    registry.schedules.advance(schedule, schedule.next_fire - timedelta(hours=1))
    Ticker(registry, by="wrk_1").tick()
    return [run.parameters for run in bench.runs.list("sales.orders").items]


def test_a_run_gets_the_preset_of_its_version_under_the_values_of_the_schedule(bench: LocalWorkbench) -> None:
    draft = ScheduleDraft(every="hour", preset="summer", parameters={"day": "{slot.start:%d}"})
    promote(bench, SUMMER, draft)
    kept = bench.schedules.get("sales.orders")
    assert kept is not None
    assert (kept.preset, kept.parameters) == ("summer", {"day": "{slot.start:%d}"})
    [planned] = bench.schedules.upcoming("sales.orders", count=1).slots
    assert planned.parameters["month"] == 7
    [given] = fall_due(bench)
    assert given["month"] == 7
    assert given["country"] == "{slot.start}"  # the values of a preset hold no expressions
    assert str(given["day"]).isdecimal()


def test_a_value_of_the_schedule_counts_more_than_that_of_its_preset(bench: LocalWorkbench) -> None:
    promote(bench, SUMMER, ScheduleDraft(every="hour", preset="summer", parameters={"month": 8}))
    assert fall_due(bench)[0]["month"] == 8


def test_an_unknown_preset_is_refused_with_the_close_one(bench: LocalWorkbench) -> None:
    promote(bench, SUMMER)
    with pytest.raises(InvalidInput, match="no preset 'sumer'") as refusal:
        bench.schedules.set("sales.orders", ScheduleDraft(every="hour", preset="sumer"))
    assert "summer" in refusal.value.hint
    assert bench.schedules.get("sales.orders") is None


def test_a_version_without_the_preset_of_the_schedule_is_refused_until_a_schedule_fits(bench: LocalWorkbench) -> None:
    promote(bench, SUMMER, ScheduleDraft(every="hour", preset="summer"))
    with pytest.raises(InvalidInput, match=r"The schedule of sales\.orders does not fit this notebook"):
        promote(bench, {"winter": {"month": 1}})
    assert bench.versions.get("sales.orders").version == "1.0.0"
    text = notebook(SOURCE, parameters=PARAMETERS, metadata={"mesh": {"presets": {"winter": {"month": 1}}}})
    plan = bench.products.plan(PromotionRequest(notebook=text, to="sales.orders"))
    assert not plan.may_promote
    assert "no preset 'summer'" in plan.blocked

    promote(bench, {"winter": {"month": 1}}, ScheduleDraft(every="hour", preset="winter"))
    assert fall_due(bench)[0]["month"] == 1


def test_what_a_preset_holds_follows_the_version(bench: LocalWorkbench) -> None:
    promote(bench, SUMMER, ScheduleDraft(every="hour", preset="summer"))
    promote(bench, {"summer": {"month": 6}})
    assert fall_due(bench)[0]["month"] == 6


def test_slots_whose_version_lost_the_preset_are_missed_and_say_why(bench: LocalWorkbench) -> None:
    promote(bench, SUMMER, ScheduleDraft(every="hour", preset="summer"))
    older = bench.versions.get("sales.orders")
    back = older.model_copy(update={"id": new_id("ver"), "version": "1.0.1", "presets": []})
    bench.context.registry.versions.add(back)
    bench.context.registry.products.change(older.product_id, version="1.0.1")  # as going back to a version does
    assert fall_due(bench) == []
    [why] = reasons(bench.context.registry, bench.context.product("sales.orders"))
    assert "There is no preset 'summer'." in why


def test_a_backfill_takes_the_preset_of_the_schedule_or_its_own(bench: LocalWorkbench) -> None:
    promote(bench, {**SUMMER, "winter": {"month": 1}}, ScheduleDraft(every="hour", preset="summer"))
    now = bench.context.registry.now()
    asked = BackfillRequest(product="sales.orders", start=now - timedelta(hours=3), end=now - timedelta(hours=2))
    months = [
        {slot.parameters["month"] for slot in bench.backfills.plan(request).items}
        for request in (asked, asked.model_copy(update={"preset": "winter"}))
    ]
    assert months == [{7}, {1}]
