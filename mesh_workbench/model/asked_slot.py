"""Which time the data shall be about, as people write it: one grammar for every door.

`2013`, `2013-01`, `2013-01-15`, a moment, or `A/B` of these: from the beginning of A to the end of B, `..` being no
end. A moment has no length, so that `START/END` of a slot is exactly that slot.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.schedule import SlotTime

OPEN = ".."
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}.*")
_YEARS = range(2, 9999)
"""So that every zone has a clock for it."""
_INSTANT = timedelta(microseconds=1)
"""A slot without length is read as this long, so that it overlaps what it lies in."""


@runtime_checkable
class Interval(Protocol):
    """A slot, as runs and their notebooks know it. Both bounds are None where there is none."""

    @property
    def start(self) -> datetime | None: ...

    @property
    def end(self) -> datetime | None: ...

    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True)
class _Stretch:
    """A year, month, day or moment. What has no zone of its own has that of whoever looks."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, text: str) -> _Stretch:
        """Raises ValueError."""
        match = _DATE.fullmatch(text)
        if match is None and _MOMENT.fullmatch(text) is None:
            raise ValueError(text)
        _, month, day = match.groups() if match else ("", "", "")
        start = datetime.fromisoformat(text if day or match is None else f"{text}-01" if month else f"{text}-01-01")
        if start.year not in _YEARS:
            raise ValueError(text)
        if match is None:
            return cls(start, start)
        if day:
            return cls(start, start + timedelta(days=1))
        following = start + timedelta(days=31 if month else 366)
        return cls(start, following.replace(day=1) if month else following.replace(month=1, day=1))


@dataclass(frozen=True)
class AskedSlot:
    """The slots that overlap a stretch of time are asked for. None is no bound."""

    text: str
    first: _Stretch | None
    last: _Stretch | None

    @classmethod
    def parse(cls, text: str) -> AskedSlot:
        """Raises InvalidInput `query.bad-slot`."""
        return _parse(text.strip())

    def bounds(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From when (inclusive) to when (exclusive), in UTC, where the clocks are those of `zone`."""
        start = _utc(self.first.start, zone) if self.first else None
        end = _utc(self.last.end, zone) if self.last else None
        return start, end if start is None or end is None else max(end, start + _INSTANT)

    def gap(self, slot: SlotTime) -> timedelta:
        """How far `slot` is from what is asked: nothing when both overlap, below zero when it is earlier."""
        start, end = self.bounds(slot.timezone)
        if start is not None and (before := max(slot.end, slot.start + _INSTANT)) <= start:
            return before - start - _INSTANT
        if end is not None and slot.start >= end:
            return slot.start - end + _INSTANT
        return timedelta()


def words_of(slot: Interval | date | str | int | None) -> str | None:
    """The text that asks for `slot`; None for all."""
    if isinstance(slot, Interval):
        if slot.start is None or slot.end is None:
            return None
        return "/".join(dict.fromkeys(moment.isoformat() for moment in (slot.start, slot.end)))
    if isinstance(slot, date):  # a datetime is one
        return slot.isoformat()
    return None if slot is None else str(slot)


def slot_text(slot: SlotTime) -> str:
    """The shortest text that asks for `slot`: its year, month or day where it is one, else its bounds, in its zone."""
    start, end = (moment.astimezone(ZoneInfo(slot.timezone)).replace(tzinfo=None) for moment in (slot.start, slot.end))
    for form in ("%Y", "%Y-%m", "%Y-%m-%d"):
        text = start.strftime(form)
        if (found := _Stretch.parse(text)) and (found.start, found.end) == (start, end):
            return text
    written = [
        moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")
        for moment in (start, end)
    ]
    return "/".join(dict.fromkeys(written))


@functools.lru_cache(maxsize=256)
def _parse(text: str) -> AskedSlot:
    begin, slash, end = (part.strip() for part in text.partition("/"))
    try:
        first = None if slash and begin == OPEN else _Stretch.parse(begin)
        last = None if end == OPEN else _Stretch.parse(end) if slash else first
        asked = AskedSlot(text, first, last)
        if first and last and last is not first and _utc(last.end, "UTC") <= _utc(first.start, "UTC"):
            raise _bad(f"{text!r} ends before it begins.")
        asked.bounds("UTC")
    except (ValueError, OverflowError) as error:
        raise _bad(f"{text!r} is not a time that data can be about.") from error
    return asked


def _utc(moment: datetime, zone: str) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _bad(message: str) -> InvalidInput:
    return InvalidInput(
        "query.bad-slot",
        message,
        hint="Write it like 2013, 2013-01, 2013-01-15, 2013-01-15T06:00Z, or from one to another: 2013-01/2013-03.",
    )
