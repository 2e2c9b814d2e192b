"""What a change of a schedule does to slots that are due and to runs that go on, in words for who changes it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.model.schedule import Schedule, ScheduleDraft

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def of_change(registry: Registry, schedule: Schedule, draft: ScheduleDraft, moment: datetime) -> list[str]:
    """What putting `draft` in place of `schedule` does."""
    waiting = len(registry.slots.waiting(schedule.id))
    notes = [f"Slots that wait, and still run with the parameters they fell due with: {waiting}."] if waiting else []
    notes += _going(registry, schedule)
    if draft.start is not None and draft.start < moment and draft.after is None:
        notes.append("Slots that were over before now do not fall due; `mesh run --slot TIME` runs one by hand.")
    return notes + held(schedule, moment)


def of_stop(registry: Registry, schedule: Schedule, skipped: int) -> list[str]:
    """What pausing or removing `schedule` did, which skipped slots that waited."""
    return skipped_slots(skipped) + _going(registry, schedule)


def skipped_slots(number: int) -> list[str]:
    return [f"Slots that waited and are skipped now: {number}."] if number else []


def held(schedule: Schedule, moment: datetime) -> list[str]:
    """Why nothing of the schedule starts now, if so."""
    why = schedule.why_paused(moment)
    return [why] if why else []


def _going(registry: Registry, schedule: Schedule) -> list[str]:
    going = len(registry.slots.open_runs(schedule.id))
    return [f"Runs that wait or go on, and are not touched: {going}."] if going else []
