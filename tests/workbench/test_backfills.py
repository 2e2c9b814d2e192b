"""A range of slots is computed by real runs, and computing it again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, NotFound
from mesh_workbench.model.backfill import BackfillRequest, BackfillState
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

DAILY = """
import mesh_workbench as mesh
import polars as pl
mesh.output("daily", pl.DataFrame({"day": [day], "slot": [mesh.slot.start.isoformat()]}))
"""
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def daily(bench: LocalWorkbench, name: str, cells: str = DAILY) -> None:
    text = notebook(cells.replace('"daily"', f'"{name}"'), parameters='day: str = ""')
    bench.products.promote(PromotionRequest.model_validate({"notebook": text, "to": f"sales.{name}"}))
    draft = ScheduleDraft(
        cron="0 0 * * *", timezone="Europe/Madrid", parameters={"day": "{slot.start:%Y-%m-%d}"}, start=MARCH
    )
    bench.schedules.set(f"sales.{name}", draft)
    bench.schedules.pause(f"sales.{name}", reason="Only backfills here.")


def asked(name: str, days: int = 3, **more: object) -> BackfillRequest:
    return BackfillRequest.model_validate(
        {"product": f"sales.{name}", "start": MARCH, "end": MARCH + timedelta(days=days), **more}
    )


def rows(bench: LocalWorkbench, name: str) -> list[str]:
    answer = bench.query.sql(QueryRequest(statement=f"SELECT day FROM sales.{name} ORDER BY day"))
    return [row["day"] for row in answer.reader.read_all().to_pylist()]


def test_a_range_is_computed_and_computed_again_without_a_row_too_many(busy_bench: LocalWorkbench) -> None:
    bench = busy_bench
    daily(bench, "daily")
    plan = bench.backfills.plan(asked("daily"))
    assert (plan.runs, plan.skipped) == (4, 0)  # the slot in Madrid that contains the first moment is one more
    assert [item.parameters["day"] for item in plan.items] == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert bench.backfills.list("sales.daily").items == []

    begun = bench.backfills.begin(asked("daily", concurrency=2))
    with pytest.raises(Conflict) as twice:
        bench.backfills.begin(asked("daily", days=1))
    assert twice.value.code == "backfill.overlaps"
    work_until_idle(bench)
    done = bench.backfills.get(begun.id)
    assert (done.state, done.counts) == (BackfillState.DONE, {"succeeded": 4})
    days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert rows(bench, "daily") == days

    with pytest.raises(Conflict) as nothing:
        bench.backfills.begin(asked("daily"))
    assert nothing.value.code == "backfill.nothing-to-do"
    again = bench.backfills.begin(asked("daily", only="all", order="newest", force=True))
    work_until_idle(bench)
    assert bench.backfills.get(again.id).counts == {"succeeded": 4}
    assert rows(bench, "daily") == days
    slots = bench.schedules.slots("sales.daily").items
    assert {len(slot.decisions) for slot in slots if slot.start >= MARCH - timedelta(days=1)} == {2}


def test_it_is_held_resumed_and_ended(busy_bench: LocalWorkbench) -> None:
    bench = busy_bench
    daily(bench, "held")
    begun = bench.backfills.begin(asked("held"))
    assert bench.backfills.pause(begun.id, reason="The source moves.").reason == "The source moves."
    work_until_idle(bench)
    assert bench.backfills.get(begun.id).counts == {"waiting": 4}
    assert bench.backfills.resume(begun.id).state is BackfillState.RUNNING
    ended = bench.backfills.cancel(begun.id, reason="Not needed.")
    assert (ended.state, ended.counts) == (BackfillState.CANCELLED, {"skipped": 4})
    for change in (bench.backfills.resume, lambda known: bench.backfills.pause(known, reason="?")):
        with pytest.raises(Conflict) as over:
            change(begun.id)
        assert over.value.code == "backfill.over"
    trail = [record.action for record in bench.catalog.audit().items]
    assert trail[:4] == ["backfill.cancel", "backfill.resume", "backfill.pause", "backfill.begin"]


def test_a_failing_slot_is_told_with_its_reason_and_stops_the_rest(busy_bench: LocalWorkbench) -> None:
    bench = busy_bench
    daily(bench, "failing", "raise ValueError('no delivery')\n" + DAILY)
    begun = bench.backfills.begin(asked("failing", stop_after=1))
    work_until_idle(bench)
    held = bench.backfills.get(begun.id)
    assert (held.state, held.reason) == (BackfillState.PAUSED, "A run failed.")
    first = bench.backfills.slots(begun.id).items[0]
    assert first.state == "failed"
    assert "no delivery" in first.reason
    assert first.run_id
    assert bench.runs.get(first.run_id).state is RunState.FAILED


def test_ranges_that_make_no_sense_are_refused_before_anything_is_stored(bench: LocalWorkbench) -> None:
    daily(bench, "daily")
    future = datetime(2100, 1, 1, tzinfo=UTC)
    for request, code in (
        (asked("daily", start=MARCH, end=MARCH), "backfill.ends-before-start"),
        (asked("daily", start=future, end=future + timedelta(days=2)), "backfill.no-slots"),
        (asked("daily", cut=ScheduleDraft(every="1 minute"), days=30), "backfill.too-many"),
        (asked("daily", parameters={"dya": "x"}), "parameter.unknown"),
        (asked("daily", parameters={"day": "{slot.begin}"}), "schedule.unknown-expression"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            bench.backfills.begin(request)
        assert refusal.value.code == code
    bench.schedules.remove("sales.daily")
    with pytest.raises(InvalidInput) as uncut:
        bench.backfills.begin(asked("daily"))
    assert uncut.value.code == "backfill.no-cut"
    assert bench.backfills.plan(asked("daily", cut=ScheduleDraft(every="1 day"))).runs == 3
    assert bench.backfills.list().items == []
    with pytest.raises(NotFound):
        bench.backfills.get("bkf_unknown")


def test_only_who_may_schedule_a_product_may_backfill_it(bench: LocalWorkbench) -> None:
    daily(bench, "daily")
    rita = bench.as_(Identity(name="rita"))
    begun = bench.backfills.begin(asked("daily"))
    for act in (
        lambda: rita.backfills.begin(asked("daily")),
        lambda: rita.backfills.pause(begun.id, reason="mine"),
        lambda: rita.backfills.resume(begun.id),
        lambda: rita.backfills.cancel(begun.id, reason="mine"),
    ):
        with pytest.raises(Forbidden):
            act()
