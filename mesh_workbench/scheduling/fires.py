"""When a schedule of any kind falls due, which slots that makes, and how to say it.

The slot of a fire at T is [the fire before T, T), so that slots follow each other without gap or overlap. A schedule
that waits for inputs has no fires of its own: a release makes it due.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.duration import Duration
from mesh_workbench.model.schedule import ScheduleDraft, SlotTime
from mesh_workbench.scheduling import cron, interval
from mesh_workbench.scheduling.zones import wall_of, zone_of

_MOMENT = timedelta(microseconds=1)
_LONGEST_DEBOUNCE_S, _LONGEST_GRACE_S = 7 * 86_400.0, 3653 * 86_400.0


def next_fire(draft: ScheduleDraft, after: datetime) -> datetime | None:
    """The first fire after `after` in UTC; None when there is none, or it waits for inputs.

    Only slots that begin at or after `draft.start` and before `draft.end` count. Raises InvalidInput
    `schedule.invalid-cron`, `schedule.bad-interval`, `schedule.unknown-zone`.
    """
    fire = _following(draft, after)
    if draft.start is not None:
        first_start = _following(draft, draft.start - _MOMENT)
        first_fire = _following(draft, first_start) if first_start else None
        fire = max(fire, first_fire) if fire and first_fire else None
    if fire is not None and draft.end is not None:
        start = _before(draft, fire)
        return fire if start is not None and start < draft.end else None
    return fire


def next_slot(draft: ScheduleDraft, after: datetime) -> SlotTime | None:
    """The slot of the first fire after `after`; its `end` is the fire. None and raises as `next_fire`."""
    fire = next_fire(draft, after)
    return slot_at(draft, fire) if fire else None


def slot_at(draft: ScheduleDraft, fire: datetime) -> SlotTime:
    """The slot that a fire at `fire` makes due: from the fire before until `fire`. Raises as `slot_containing`."""
    start = _before(draft, fire)
    if start is None:
        raise _never(draft)
    return SlotTime(start=start, end=as_utc(fire), timezone=draft.timezone)


def slot_containing(draft: ScheduleDraft, moment: datetime) -> SlotTime:
    """The slot in which `moment` lies, whatever start and end are. Raises as `next_fire`, and InvalidInput
    `schedule.never-fires`.
    """
    following = _following(draft, moment)
    if following is None:
        raise _never(draft)
    return slot_at(draft, following)


def words(draft: ScheduleDraft) -> str:
    """The schedule in English: `At 06:00 every day, Europe/Madrid.` Raises as `next_fire`."""
    if draft.cron is not None:
        return cron.words(draft.cron, draft.timezone)
    if draft.every is not None:
        return interval.words(draft.every, draft.timezone, draft.start)
    which = "any of its inputs has" if draft.after == "any" else "each of its inputs has"
    quiet = f", once none has come for {Duration.parse(draft.debounce).words()}" if draft.debounce else ""
    return f"When {which} a new release{quiet}."


def check(draft: ScheduleDraft) -> None:
    """Refuse a schedule that cannot work, before it is stored.

    Raises as `next_fire`, and InvalidInput `schedule.ends-before-start`, `schedule.never-fires`,
    `schedule.bad-duration`, `duration.invalid`.
    """
    words(draft)
    zone_of(draft.timezone)
    for name, text, longest in (
        ("debounce", draft.debounce, _LONGEST_DEBOUNCE_S),
        ("grace", draft.grace, _LONGEST_GRACE_S),
    ):
        if text is not None:
            _demand_fixed(name, Duration.parse(text), longest)
    if draft.start and draft.end and draft.end <= draft.start:
        place = zone_of(draft.timezone)
        raise InvalidInput(
            "schedule.ends-before-start",
            f"The schedule would end {wall_of(draft.end, place):%Y-%m-%d %H:%M}, and not start before "
            f"{wall_of(draft.start, place):%Y-%m-%d %H:%M} {draft.timezone}.",
            hint="Swap the two.",
        )
    if draft.after is None and next_fire(draft.model_copy(update={"start": None, "end": None}), _ANY) is None:
        raise _never(draft)


_ANY = datetime(2026, 1, 1)


def _demand_fixed(name: str, duration: Duration, longest_s: float) -> None:
    if duration.months:
        raise InvalidInput(
            "schedule.bad-duration",
            f"The {name} is {duration.words()}, and months differ in length.",
            hint="Give days, hours, minutes or seconds.",
        )
    if duration.fixed_s > longest_s:
        raise InvalidInput(
            "schedule.bad-duration",
            f"The {name} is {duration.words()}, and may be {longest_s / 86_400:.0f} days at most.",
            hint="Give a shorter one.",
        )


def _following(draft: ScheduleDraft, after: datetime) -> datetime | None:
    if draft.cron is not None:
        return cron.next_fire(draft.cron, draft.timezone, after)
    if draft.every is not None:
        return interval.next_fire(draft.every, draft.timezone, draft.start, after)
    return None


def _before(draft: ScheduleDraft, fire: datetime) -> datetime | None:
    if draft.cron is not None:
        return cron.fire_before(draft.cron, draft.timezone, fire)
    if draft.every is not None:
        return interval.fire_before(draft.every, draft.timezone, draft.start, fire)
    return None


def _never(draft: ScheduleDraft) -> InvalidInput:
    return InvalidInput(
        "schedule.never-fires",
        f"{(draft.cron or draft.every or 'A schedule that waits for inputs')!r} does not fire around that time.",
        hint="Look at its days and months, or choose a moment nearer to the present.",
    )
