"""Cron schedules: when they fire, which slots that makes, and how to say it.

- A schedule is read in its own IANA zone; everything returned is UTC; naive moments are UTC.
- A wall-clock time that a change of clocks skips fires at the next valid instant; one that comes twice fires once, the
  first time. A schedule for every hour goes by elapsed time instead: each real hour has its slot.
- The slot of a fire at T is [the fire before T, T), so that slots follow each other without gap or overlap.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.schedule import ScheduleDraft, SlotTime

_FIELDS = "minute hour day-of-month month day-of-week"
_LONGEST = 200
_SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_CLOCKS_MOVE = timedelta(hours=26)
"""More than any zone ever moved its clocks at once."""
_FURTHEST = timedelta(days=366 * 60)
"""How far back a fire is looked for."""


def next_fire(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first fire after `after`, in UTC; None when there is none in 50 years.

    Raises InvalidInput `schedule.invalid-cron`, `schedule.unknown-zone`.
    """
    moment = as_utc(after)
    try:
        return next((fire for fire in _fires(_checked(cron), _zone(zone), moment) if fire > moment), None)
    except OverflowError:  # beyond the year 9999
        return None


def slot_at(cron: str, zone: str, fire: datetime) -> SlotTime:
    """The slot that a fire at `fire` makes due: from the fire before until `fire`. Raises as `next_fire`."""
    return SlotTime(start=_fire_before(cron, zone, as_utc(fire)), end=as_utc(fire), timezone=zone)


def slot_containing(cron: str, zone: str, moment: datetime) -> SlotTime:
    """The slot in which `moment` lies. Raises as `next_fire`, and InvalidInput `schedule.never-fires`."""
    try:
        following = next_fire(cron, zone, moment)
        if following is not None:
            return slot_at(cron, zone, following)
    except OverflowError:  # before the year 1
        pass
    raise _never(cron)


def next_slot(draft: ScheduleDraft, after: datetime) -> SlotTime | None:
    """The first slot of a schedule that fires after `after`; its `end` is the fire. None when nothing will fire.

    Only slots that begin at or after `draft.start` and before `draft.end` count. Raises as `next_fire`.
    """
    cron, zone = draft.cron, draft.timezone
    fire = next_fire(cron, zone, after)
    if draft.start is not None:
        first_start = next_fire(cron, zone, draft.start - timedelta(microseconds=1))
        first_fire = next_fire(cron, zone, first_start) if first_start else None
        fire = max(fire, first_fire) if fire and first_fire else None
    if fire is None:
        return None
    slot = slot_at(cron, zone, fire)
    return None if draft.end is not None and slot.start >= draft.end else slot


def words(cron: str, zone: str) -> str:
    """The schedule in English: `At 06:00 every day, Europe/Madrid.` Raises as `next_fire`."""
    _zone(zone)
    return f"{CronSim(_checked(cron), datetime(2000, 1, 1)).explain()}, {zone}."


def _fires(cron: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Fires in UTC in order, from the neighbourhood of `moment` on; one instant may come several times."""
    local = moment.astimezone(zone)
    if len(CronSim(cron, _naive(local)).hours) == 24:
        minute, _, rest = cron.split(" ", 2)
        for fire in CronSim(f"{minute} * {rest}", local):
            yield fire.astimezone(UTC)
        return
    # Without a zone cronsim knows no change of clocks: it gives wall-clock times, which are ours to place in time.
    offsets = {(moment + by).astimezone(zone).utcoffset() for by in (-_CLOCKS_MOVE, timedelta(), _CLOCKS_MOVE)}
    begin = _naive(local) if len(offsets) == 1 else _naive(local) - _CLOCKS_MOVE
    for wall in CronSim(cron, begin):
        yield _instant(wall, zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time: the first of two, the next valid one when it is skipped."""
    while True:
        instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if _naive(instant.astimezone(zone)) == wall:
            return instant
        wall += timedelta(minutes=1)


def _fire_before(cron: str, zone: str, moment: datetime) -> datetime:
    """The last fire before `moment`, found by looking ahead from ever earlier, so that both ways always agree."""
    checked, place = _checked(cron), _zone(zone)
    back = timedelta(minutes=2)
    while back < _FURTHEST:
        last = None
        for fire in _fires(checked, place, moment - back):
            if fire >= moment:
                break
            last = fire
        if last is not None:
            return last
        back *= 2
    raise _never(cron)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, fold=0)


@functools.lru_cache(maxsize=256)
def _checked(cron: str) -> str:
    """The five fields, separated by single blanks. Raises InvalidInput `schedule.invalid-cron`."""
    shown = cron if len(cron) <= _LONGEST else f"{cron[:_LONGEST]}…"
    fields = cron.split()
    hint = f"Write five fields: {_FIELDS}. For example 0 6 * * * is 06:00 every day."
    if cron.strip().lower() in _SHORTHANDS:
        hint = f"Write {_SHORTHANDS[cron.strip().lower()]} for it."
    if len(fields) != 5:
        reason = f"it has {len(fields)} fields instead of five"
    elif len(cron) > _LONGEST:
        reason = f"it is longer than {_LONGEST} characters"
    else:
        try:
            CronSim(" ".join(fields), datetime(2000, 1, 1))
            return " ".join(fields)
        except (CronSimError, ValueError) as error:
            reason = f"its {str(error).removeprefix('Bad ')} is wrong" if str(error).startswith("Bad ") else str(error)
            raise InvalidInput(
                "schedule.invalid-cron", f"{shown!r} is not a cron schedule: {reason}.", hint=hint
            ) from error
    raise InvalidInput("schedule.invalid-cron", f"{shown!r} is not a cron schedule: {reason}.", hint=hint)


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    """The zone. Raises InvalidInput `schedule.unknown-zone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "schedule.unknown-zone",
            f"There is no time zone {name!r}.",
            hint=did_you_mean(name, available_timezones()),
        ) from error


def _never(cron: str) -> InvalidInput:
    return InvalidInput(
        "schedule.never-fires",
        f"{cron!r} does not fire around that time.",
        hint="Look at its days and months, or choose a moment nearer to the present.",
    )
