"""Cron schedules: when they fire, and how to say it.

- A schedule is read in its own IANA zone; everything returned is UTC; naive moments are UTC.
- A wall-clock time that a change of clocks skips fires at the next valid instant; one that comes twice fires once, the
  first time. A schedule for every hour goes by elapsed time instead: each real hour has its slot.
- `cronsim` reads the fields and says which days match; the walk over hours, minutes and zones is ours, because it has
  to be quick for many schedules and place a time in a zone as above.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import as_utc
from mesh_workbench.scheduling.zones import first_change, instant_of, wall_of, zone_of

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
_AHEAD = timedelta(days=366 * 50)
_BACK = timedelta(days=366 * 60)
"""How far a fire is looked for."""
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_ANY = datetime(2000, 1, 1)


def next_fire(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first fire after `after`, in UTC; None when there is none in 50 years.

    Raises InvalidInput `schedule.invalid-cron`, `schedule.unknown-zone`.
    """
    try:
        return next(_fires(_read(cron), zone_of(zone), as_utc(after)), None)
    except OverflowError:  # beyond the year 9999
        return None


def fire_before(cron: str, zone: str, before: datetime) -> datetime | None:
    """The last fire before `before`, in UTC; None when there is none in 60 years. Raises as `next_fire`.

    Found by looking ahead from ever earlier, so that both ways always agree.
    """
    fields, place, moment = _read(cron), zone_of(zone), as_utc(before)
    back = timedelta(minutes=2)
    while back < _BACK:
        last = None
        try:
            for fire in _fires(fields, place, moment - back):
                if fire >= moment:
                    break
                last = fire
        except OverflowError:  # before the year 1
            return None
        if last is not None:
            return last
        back *= 2
    return None


def words(cron: str, zone: str) -> str:
    """The schedule in English: `At 06:00 every day, Europe/Madrid.` Raises as `next_fire`."""
    zone_of(zone)
    _read(cron)
    return f"{CronSim(' '.join(cron.split()), _ANY).explain()}, {zone}."


class _Fields:
    """The five fields of a schedule, read once."""

    def __init__(self, cron: str) -> None:
        minute, hour, days = cron.split(" ", 2)
        times = CronSim(f"{minute} {hour} * * *", _ANY)
        self._minutes, self._hours = tuple(sorted(times.minutes)), tuple(sorted(times.hours))
        self._days = _days(days)
        self.every_hour = len(self._hours) == 24

    def wall_after(self, wall: datetime) -> datetime | None:
        """The first matching wall-clock time after `wall`, both without a zone; None when there is none in 50 years."""
        today = wall.date()
        if self._matches(today):
            at = bisect_right(self._minutes, wall.minute) if wall.hour in self._hours else len(self._minutes)
            if at < len(self._minutes):
                return wall.replace(minute=self._minutes[at], second=0, microsecond=0)
            hour = bisect_right(self._hours, wall.hour)
            if hour < len(self._hours):
                return wall.replace(hour=self._hours[hour], minute=self._minutes[0], second=0, microsecond=0)
        day = self._day_after(today)
        return datetime(day.year, day.month, day.day, self._hours[0], self._minutes[0]) if day else None

    def _day_after(self, day: date) -> date | None:
        furthest = day + min(_AHEAD, date.max - day)
        while day < furthest:
            day += _DAY
            if day.month not in self._days.months:
                day = (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
            elif self._days.match_day(day):
                return day
        return None

    def _matches(self, day: date) -> bool:
        return day.month in self._days.months and self._days.match_day(day)


def _fires(fields: _Fields, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Fires after `moment` in UTC, in order."""
    return _elapsed(fields, zone, moment) if fields.every_hour else _by_the_clock(fields, zone, moment)


def _by_the_clock(fields: _Fields, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    wall: datetime | None = wall_of(moment, zone)
    last = moment
    while wall is not None and (wall := fields.wall_after(wall)) is not None:
        instant = instant_of(wall, zone)
        if instant > last:  # not when the clock showed it before it was set back, or several fall into one gap
            last = instant
            yield instant


def _elapsed(fields: _Fields, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """Every instant at which the clock shows a matching time, also one that it shows again."""
    while True:
        wall = wall_of(moment, zone)
        following = fields.wall_after(wall)
        if following is None:
            return
        instant = moment + (following - wall)
        changed = first_change(zone, moment, instant)
        if changed is None:
            yield instant
            moment = instant
        else:  # from the change on the clock shows something else
            shown = wall_of(changed, zone)
            if fields.wall_after(shown - _MOMENT) == shown:
                yield changed
            moment = changed


@functools.lru_cache(maxsize=1024)
def _days(fields: str) -> CronSim:
    """Which days match; few texts are shared by many schedules. cronsim wants a moment to begin at."""
    return CronSim(f"0 0 {fields}", _ANY)


@functools.lru_cache(maxsize=16_384)
def _read(cron: str) -> _Fields:
    """The fields. Raises InvalidInput `schedule.invalid-cron`."""
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
            return _Fields(" ".join(fields))
        except (CronSimError, ValueError) as error:
            reason = f"its {str(error).removeprefix('Bad ')} is wrong" if str(error).startswith("Bad ") else str(error)
            raise InvalidInput(
                "schedule.invalid-cron", f"{shown!r} is not a cron schedule: {reason}.", hint=hint
            ) from error
    raise InvalidInput("schedule.invalid-cron", f"{shown!r} is not a cron schedule: {reason}.", hint=hint)
