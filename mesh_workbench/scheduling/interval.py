"""Interval schedules: every so often, counted from an anchor.

Days, weeks, months and years are those of the calendar in the schedule's zone: every day at the same time of the clock,
every month on the same day, or the last one that a shorter month has. Hours, minutes and seconds are elapsed time,
whatever the clocks do.
"""

from __future__ import annotations

import calendar
import functools
from datetime import datetime, timedelta

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.duration import Duration
from mesh_workbench.scheduling.zones import instant_of, wall_of, zone_of

FIRST = datetime(2001, 1, 1)
"""Where counting begins without a start: a Monday, a first of the month and of the year, at midnight in the zone. So a
day begins at midnight, a week on Monday, a month on its first, and 15 minutes at the full hour."""
_LONGEST = timedelta(days=3653)
_MONTH_S = 2_629_746
"""Seconds of an average month, to guess by; the guess is corrected."""


def check(every: str) -> Duration:
    """The interval that `every` says. Raises InvalidInput `duration.invalid` and `schedule.bad-interval`."""
    step = Duration.parse(every)
    counts = {"months": step.months, "days": step.days, "hours or less": step.seconds}
    kinds = [said for said, count in counts.items() if count]
    if not kinds:
        raise InvalidInput(
            "schedule.bad-interval", "An interval of no length would never end.", hint="The shortest is one second."
        )
    if len(kinds) > 1:
        raise InvalidInput(
            "schedule.bad-interval",
            f"{step.words()} mixes {' and '.join(kinds)}, which differ in length.",
            hint="Days and longer follow the calendar, hours and shorter elapsed time: write 36 hours or 1 day.",
        )
    if step.months > 120 or step.days > _LONGEST.days or step.seconds > _LONGEST.total_seconds():
        raise InvalidInput(
            "schedule.bad-interval", f"{step.words()} is longer than ten years.", hint="Ask for a run by hand then."
        )
    return step


def next_fire(every: str, zone: str, anchor: datetime | None, after: datetime) -> datetime | None:
    """The first fire after `after`, in UTC; None beyond the year 9999. `anchor` is itself a fire.

    Raises as `check`, and InvalidInput `schedule.unknown-zone`.
    """
    ticks = _ticks(every, zone, anchor)
    moment = as_utc(after)
    try:
        number = ticks.near(moment)
        while ticks.at(number) > moment:
            number -= 1
        while ticks.at(number) <= moment:
            number += 1
        return ticks.at(number)
    except (OverflowError, ValueError):  # datetime has no years before 1 and after 9999
        return None


def fire_before(every: str, zone: str, anchor: datetime | None, before: datetime) -> datetime | None:
    """The last fire before `before`, in UTC. Raises as `next_fire`."""
    ticks = _ticks(every, zone, anchor)
    moment = as_utc(before)
    try:
        number = ticks.near(moment)
        while ticks.at(number) < moment:
            number += 1
        while ticks.at(number) >= moment:
            number -= 1
        return ticks.at(number)
    except (OverflowError, ValueError):
        return None


def words(every: str, zone: str, anchor: datetime | None) -> str:
    """The schedule in English: `Every 15 minutes, Europe/Madrid.` Raises as `next_fire`."""
    said = check(every).words()
    unit = said.removeprefix("1 ")
    place = zone_of(zone)
    since = f", counted from {wall_of(anchor, place):%Y-%m-%d %H:%M:%S}".removesuffix(":00") if anchor else ""
    return f"Every {unit}{since}, {zone}."


@functools.lru_cache(maxsize=16_384)
def _ticks(every: str, zone: str, anchor: datetime | None) -> _Ticks:
    return _Ticks(every, zone, anchor)


class _Ticks:
    """Every fire of an interval, by number; the anchor is number 0."""

    def __init__(self, every: str, zone: str, anchor: datetime | None) -> None:
        self._step, self._zone = check(every), zone_of(zone)
        self._anchor = as_utc(anchor) if anchor else instant_of(FIRST, self._zone)
        self._wall = wall_of(self._anchor, self._zone)

    def near(self, moment: datetime) -> int:
        """The number of a fire that is not far from `moment`."""
        step_s = self._step.months * _MONTH_S + self._step.fixed_s
        return int((moment - self._anchor).total_seconds() // step_s)

    def at(self, number: int) -> datetime:
        if self._step.seconds:
            return self._anchor + number * timedelta(seconds=self._step.seconds)
        if self._step.days:
            return instant_of(self._wall + timedelta(days=number * self._step.days), self._zone)
        months = self._wall.year * 12 + self._wall.month - 1 + number * self._step.months
        year, month = divmod(months, 12)
        day = min(self._wall.day, calendar.monthrange(year, month + 1)[1])
        return instant_of(self._wall.replace(year=year, month=month + 1, day=day), self._zone)
