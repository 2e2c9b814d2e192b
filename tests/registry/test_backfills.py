"""Backfills begin each of their slots once, a few at a time, whoever looks after them; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mesh_workbench.model.backfill import Backfill, BackfillState, PlannedSlot
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import MANUAL, SlotTime
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.scheduling.backfill import look_after
from tests import records
from tests.processes import at_once

START = datetime(2013, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def begun(registry: Registry, days: int, **about: object) -> Backfill:
    """A backfill of so many days, the second of which is published already."""
    version = records.known_version(registry)
    slots = [
        PlannedSlot(
            slot=SlotTime(start=START + day * DAY, end=START + (day + 1) * DAY),
            skipped="It is published already." if day == 1 else "",
        )
        for day in range(days)
    ]
    fields: dict[str, object] = {
        "id": new_id("bkf"),
        "product": version.product,
        "product_id": version.product_id,
        "version": version.version,
        "version_id": version.id,
        "start": START,
        "end": START + days * DAY,
        "schedule_key": MANUAL,
        "acting_identity": "ana",
        "created": now(),
        "total": days,
    }
    return registry.backfills.add(Backfill.model_validate({**fields, **about}), slots)


def end_next(registry: Registry, state: RunState) -> str:
    """Claim the run that waits longest and end it as `state`."""
    run = registry.runs.claim("wrk_1", None, 60)
    assert run is not None
    registry.runs.finish(run.id, worker_id="wrk_1", attempt=run.attempts[-1].number, state=state)
    return run.id


def test_slots_begin_in_order_so_many_at_a_time_and_the_backfill_ends_with_the_last(registry: Registry) -> None:
    backfill = begun(registry, 5, concurrency=2, force=True)
    first = look_after(registry, by="wrk_1")
    assert [run.slot.start.day for run in first if run.slot] == [1, 3]
    assert {(run.trigger, run.priority, run.forced, run.backfill_id) for run in first} == {
        ("backfill", 30, True, backfill.id)
    }
    assert look_after(registry, by="wrk_2") == []  # two go on
    end_next(registry, RunState.SUCCEEDED)
    assert [run.slot.start.day for run in look_after(registry, by="wrk_2") if run.slot] == [4]
    for _ in range(2):
        end_next(registry, RunState.SUCCEEDED)
        look_after(registry, by="wrk_1")
    end_next(registry, RunState.UNCHANGED)
    assert look_after(registry, by="wrk_1") == []
    done = registry.backfills.get(backfill.id)
    assert done is not None
    assert (done.state, done.left, done.counts) == (
        BackfillState.DONE, 0, {"succeeded": 3, "unchanged": 1, "skipped": 1}
    )  # fmt: skip
    grid = registry.backfills.slots(backfill.id).items
    assert [square.state for square in grid] == ["succeeded", "skipped", "succeeded", "succeeded", "unchanged"]
    decided = [slot.decisions[0] for slot in registry.slots.list(backfill.product_id).items]
    assert {decision.reason for decision in decided} == {f"The backfill {backfill.id}."}


def test_it_pauses_when_runs_fail_in_a_row_and_goes_on_when_somebody_says_so(registry: Registry) -> None:
    backfill = begun(registry, 8, stop_after=2)
    look_after(registry, by="wrk_1")
    for state in (RunState.FAILED, RunState.SUCCEEDED, RunState.FAILED, RunState.FAILED):
        end_next(registry, state)
        look_after(registry, by="wrk_1")
    held = registry.backfills.get(backfill.id)
    assert held is not None
    assert (held.state, held.reason) == (BackfillState.PAUSED, "2 of its runs failed in a row.")
    assert held.counts["waiting"] == 3
    registry.backfills.change(held, state=BackfillState.RUNNING, reason="", resumed=registry.now())
    assert len(look_after(registry, by="wrk_1")) == 1


def test_what_cannot_take_its_parameters_is_skipped_with_the_reason(registry: Registry) -> None:
    backfill = begun(registry, 2, parameters={"unknown": 1})
    assert look_after(registry, by="wrk_1") == []
    [first, _] = registry.backfills.slots(backfill.id).items
    assert first.state == "skipped"
    assert "unknown" in first.reason
    ended = registry.backfills.get(backfill.id)
    assert ended is not None
    assert ended.state is BackfillState.DONE


def test_several_workers_begin_each_slot_once_and_never_too_many(registry_url: str) -> None:
    registry = open_registry(registry_url)
    backfill = begun(registry, 30, concurrency=3)

    def work(number: int) -> tuple[list[str], int]:
        mine = open_registry(registry_url)
        ended, most = [], 0
        while (known := mine.backfills.get(backfill.id)) and not known.state.final:
            look_after(mine, by=f"wrk_{number}")
            most = max(most, len(mine.backfills.going(backfill.id)))
            run = mine.runs.claim(f"wrk_{number}", None, 60)
            if run is not None:
                attempt = run.attempts[-1].number
                mine.runs.finish(run.id, worker_id=f"wrk_{number}", attempt=attempt, state=RunState.SUCCEEDED)
                ended.append(run.id)
        mine.close()
        return ended, most

    answers = at_once(3, work)
    runs = [run for ended, _ in answers for run in ended]
    assert len(runs) == len(set(runs)) == 29
    assert max(most for _, most in answers) <= 3
    slots = registry.slots.list(backfill.product_id, limit=1000).items
    assert [len(slot.decisions) for slot in slots] == [1] * 29
    registry.close()
