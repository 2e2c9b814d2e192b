"""Cron the slow way, to compare with: every minute is looked at, and nothing of the real implementation is used.

A time of the clock fires at the minute at which a clock in the zone first shows it or something later; with every hour
in the fields, at every minute at which the clock shows it.
"""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

MINUTE = timedelta(minutes=1)
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


class Fields:
    """Five cron fields of numbers, lists, ranges and steps."""

    def __init__(self, cron: str) -> None:
        texts = cron.split()
        found = [_numbers(text, *bounds) for text, bounds in zip(texts, _BOUNDS, strict=True)]
        self.minutes, self.hours, self.days, self.months, self.weekdays = found
        self.both_days = texts[2].startswith("*") or texts[4].startswith("*")
        self.every_hour = len(self.hours) == 24

    def day(self, day: date) -> bool:
        by_date, by_weekday = day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays
        return day.month in self.months and ((by_date and by_weekday) if self.both_days else (by_date or by_weekday))

    def match(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and wall.hour in self.hours and self.day(wall.date())


def _numbers(text: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def fires(cron: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """Every fire in [begin, end), both whole minutes in UTC."""
    fields, place = Fields(cron), ZoneInfo(zone)
    moment = begin - timedelta(hours=26)  # what the clock showed before counts: it may be set back
    reached = _wall(moment - MINUTE, place)
    found = []
    while moment < end:
        wall = _wall(moment, place)
        if fields.every_hour:
            fired = fields.match(wall)
        else:
            fired = False
            while reached < wall:  # more than one step when the clock jumps
                reached += MINUTE
                fired = fired or fields.match(reached)
        if fired and moment >= begin:
            found.append(moment)
        moment += MINUTE
    return found


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


BEGIN, DAYS = datetime(2020, 1, 1, tzinfo=UTC), 3650
"""Ten years."""
_STRIDE = 5
"""Days between two looks at a zone; no zone changes its clocks and back within so few."""


@functools.cache
def every_zone() -> dict[str, list[datetime]]:
    """Every zone with the midnights of UTC before a day in which its clocks change, in the ten years.

    Of zones that are equal in this time only the first is taken.
    """
    found: dict[object, tuple[str, list[datetime]]] = {}
    for zone in sorted(available_timezones()):
        place = ZoneInfo(zone)
        changed = []
        for number in range(0, DAYS, _STRIDE):
            days = [BEGIN + timedelta(days=number + by) for by in range(_STRIDE + 1)]
            if _offset(days[0], place) != _offset(days[-1], place):
                changed += [day for day, after in pairwise(days) if _offset(day, place) != _offset(after, place)]
        told = tuple((day, _offset(day + timedelta(days=1), place)) for day in [BEGIN, *changed])
        found.setdefault(told, (zone, changed))
    return dict(found.values())


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
