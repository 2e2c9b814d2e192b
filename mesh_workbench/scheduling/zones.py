"""Time zones: the ones that exist, when their clocks change, and where a wall-clock time lies in time."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mesh_workbench.errors import InvalidInput, did_you_mean

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@functools.lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone called `name`. Raises InvalidInput `schedule.unknown-zone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "schedule.unknown-zone",
            f"There is no time zone {name!r}.",
            hint=did_you_mean(name, available_timezones()),
        ) from error


def wall_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in `zone` shows at `moment`, without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which clocks in `zone` first show `wall`; the next valid one when they skip it."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_of(instant, zone) == wall:
        return instant
    # Skipped. The offset before the gap puts the time behind it: the change lies between that instant and a day before.
    changed = first_change(zone, instant - 2 * _DAY, instant)
    return changed if changed is not None else instant


def first_change(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The first change of clocks in (after, until], both in UTC; None when there is none."""
    for year in range(after.year, until.year + 1):
        for change in _changes(zone, year):
            if change > until:
                return None
            if change > after:
                return change
    return None


@functools.lru_cache(maxsize=4096)
def _changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """The changes of clocks in a year of UTC. The time zone library tells offsets only, so days are compared."""
    found = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    last = min(datetime(year, 12, 31, tzinfo=UTC), datetime.max.replace(tzinfo=UTC) - 2 * _DAY)
    before = _offset(day, zone)
    while day <= last:
        after = _offset(day + _DAY, zone)
        if after != before:
            found.append(_change_in(day, zone))
        day, before = day + _DAY, after
    return tuple(found)


def _change_in(day: datetime, zone: ZoneInfo) -> datetime:
    """The first second of the new offset in the day that follows `day`."""
    before, after = day, day + _DAY
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if _offset(middle, zone) == _offset(day, zone):
            before = middle
        else:
            after = middle
    return after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
