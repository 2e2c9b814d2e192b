"""What has fallen due of a schedule, and what its policies make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mesh_workbench.model.duration import Duration
from mesh_workbench.model.schedule import Schedule, SlotState, SlotTime
from mesh_workbench.scheduling.fires import next_fire, slot_at

MOST = 50
"""Fires of one schedule that are looked at in one transaction: the next tick goes on."""
ON_TIME = timedelta(minutes=5)
"""The grace of a schedule that catches nothing up: what starts within it is not late."""


@dataclass(frozen=True)
class Due:
    """A slot that fell due `at` a moment; with the releases that made it so, when it waited for inputs."""

    slot: SlotTime
    at: datetime
    releases: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a slot before anything starts; `due` means that it may run."""

    due: Due
    state: SlotState
    reason: str = ""


def due_by_time(schedule: Schedule, now: datetime) -> tuple[list[Due], datetime | None]:
    """The slots that are due, the oldest first, and the fire after them. The schedule has a `next_fire` until `now`."""
    fire = schedule.next_fire
    assert fire is not None
    slot = slot_at(schedule, fire)
    due = []
    while True:
        due.append(Due(slot, slot.end))
        following = next_fire(schedule, slot.end)
        if following is None or following > now or len(due) == MOST:
            return due, following
        slot = SlotTime(start=slot.end, end=following, timezone=slot.timezone)


def judge(schedule: Schedule, due: Sequence[Due], now: datetime, *, complete: bool) -> list[Verdict]:
    """What pause, grace and catch-up policy say. `complete`: the last of `due` is the latest that there is."""
    verdicts = []
    for one in due:
        latest = complete and one is due[-1]
        if reason := schedule.why_paused(one.at):
            verdicts.append(Verdict(one, SlotState.SKIPPED, reason))
        elif reason := too_late(schedule, one.at, now):
            verdicts.append(Verdict(one, SlotState.MISSED, reason))
        elif latest or schedule.catch_up == "all" or schedule.after is not None:
            verdicts.append(Verdict(one, SlotState.DUE))
        else:
            reason = "It was due while no worker ran; a later slot runs."
            verdicts.append(Verdict(one, SlotState.MISSED, reason))
    return verdicts


def too_late(schedule: Schedule, at: datetime, now: datetime) -> str:
    """Why what fell due `at` may not start any more, in a sentence; empty when it may."""
    late = now - at
    if schedule.grace is not None:
        grace = timedelta(seconds=Duration.parse(schedule.grace).fixed_s)
    elif schedule.catch_up == "skip":
        grace = ON_TIME
    else:
        return ""
    if late <= grace:
        return ""
    return f"It could start {_words(late)} after it was due, which is later than its grace of {_words(grace)}."


def _words(length: timedelta) -> str:
    days, seconds = length.days, length.seconds
    if days or seconds >= 3600:
        seconds -= seconds % 60  # nobody cares for the seconds of hours
    return Duration(days=days, seconds=seconds).words()
