"""Lengths of time as people write them: `15 minutes`, `1 day`, or ISO 8601 such as `PT15M`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.base import Value

_LONGEST_TEXT = 100
_ISO = re.compile(
    r"P(?:(?P<year>\d{1,9})Y)?(?:(?P<month>\d{1,9})M)?(?:(?P<week>\d{1,9})W)?(?:(?P<day>\d{1,9})D)?"
    r"(?:T(?:(?P<hour>\d{1,9})H)?(?:(?P<minute>\d{1,9})M)?(?:(?P<second>\d{1,9})S)?)?",
    re.ASCII,
)
_PART = re.compile(r"(?:(\d{1,9})\s*)?([a-z]+)[\s,]*(?:and\s+)?", re.ASCII)
_UNITS = {
    "second": ("s", "sec", "secs", "second", "seconds"),
    "minute": ("min", "mins", "minute", "minutes"),
    "hour": ("h", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("w", "week", "weeks"),
    "month": ("month", "months"),
    "year": ("y", "year", "years"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}


class Duration(Value):
    """A length of time. Months and days are of the calendar, seconds are elapsed time."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def fixed_s(self) -> float:
        """Its length in seconds where a day has 24 hours; only of one without months."""
        return self.days * 86_400.0 + self.seconds

    def iso(self) -> str:
        """ISO 8601, the same text for equal durations."""
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days % 7 == 0 else (0, self.days)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        date = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (weeks, "W"), (days, "D")) if n)
        time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
        return f"P{date}{'T' + time if time else ''}" if date or time else "PT0S"

    def words(self) -> str:
        """English: `1 hour 30 minutes`."""
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days % 7 == 0 else (0, self.days)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        counts = zip(reversed(_UNITS), (years, months, weeks, days, hours, minutes, seconds), strict=True)
        return " ".join(f"{n} {unit}{'s' if n != 1 else ''}" for unit, n in counts if n) or "0 seconds"

    @classmethod
    def parse(cls, text: str) -> Duration:
        """The duration in `text`: ISO 8601, or numbers with units; a unit alone is one of it.

        Raises InvalidInput `duration.invalid`.
        """
        said = text.strip()
        counts = _iso(said.upper()) if len(said) <= _LONGEST_TEXT else None
        if counts is None:
            counts = _spoken(said.lower(), text)
        return cls(
            months=counts.get("year", 0) * 12 + counts.get("month", 0),
            days=counts.get("week", 0) * 7 + counts.get("day", 0),
            seconds=counts.get("hour", 0) * 3600 + counts.get("minute", 0) * 60 + counts.get("second", 0),
        )


def _iso(said: str) -> dict[str, int] | None:
    match = _ISO.fullmatch(said)
    found = {unit: int(number) for unit, number in match.groupdict().items() if number} if match else {}
    return found if found and not said.endswith("T") else None


def _spoken(said: str, text: str) -> dict[str, int]:
    shown = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    counts: dict[str, int] = {}
    place, hint = 0, "Write it like 15 minutes, 1 day, 90 s, or in ISO 8601 like PT15M."
    while place < len(said) <= _LONGEST_TEXT and (match := _PART.match(said, place)):
        unit = _UNIT_OF.get(match[2])
        if unit is None or unit in counts:
            close = did_you_mean(match[2], _UNIT_OF)
            hint = f"{close} {hint}" if unit is None and close.startswith("Did") else hint
            break
        counts[unit] = int(match[1] or 1)
        place = match.end()
    if not counts or place < len(said):
        raise InvalidInput("duration.invalid", f"{shown!r} is not a length of time.", hint=hint)
    return counts


def _canonical(text: str) -> str:
    return Duration.parse(text).iso()


DurationText = Annotated[str, AfterValidator(_canonical), Field(max_length=200, examples=["PT15M", "15 minutes"])]
"""A duration in a document: read in any form, kept as ISO 8601."""
