"""Service levels: which of them a contract means, and what their value asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue

from mesh_workbench.contracts.durations import NotADuration, seconds_of, words
from mesh_workbench.contracts.limit import NONE_ALLOWED, Limit
from mesh_workbench.contracts.odcs import ServiceLevel

SHORT = {
    "av": "availability", "th": "throughput", "er": "errorRate", "ga": "generalAvailability", "es": "endOfSupport",
    "el": "endOfLife", "re": "retention", "fy": "frequency", "ly": "latency", "td": "timeToDetect",
    "tn": "timeToNotify", "tr": "timeToRepair",
}  # fmt: skip
NAMES = (*SHORT.values(), "timeOfAvailability", "freshness")
DURATIONS = ("latency", "freshness", "retention", "frequency", "timeToDetect", "timeToNotify", "timeToRepair")
DATES = ("generalAvailability", "endOfSupport", "endOfLife")
LESS_IS_BETTER = ("latency", "freshness", "frequency", "errorRate", "timeToDetect", "timeToNotify", "timeToRepair",
                  "timeOfAvailability", "generalAvailability")  # fmt: skip
"""Of the others more is better."""
_CANONICAL = {name.lower(): name for name in NAMES}


class NotALevel(ValueError):
    """A value that cannot be what its service level is about; the text says why."""


@dataclass(frozen=True)
class Deadline:
    """A time of day in a zone."""

    at: time
    zone: tzinfo


def name_of(level: ServiceLevel | str) -> str:
    """The name of a service level as the standard spells it, from any spelling or its short form; else as it stands."""
    given = (level if isinstance(level, str) else level.property).strip()
    return SHORT.get(given.lower()) or _CANONICAL.get(given.lower(), given)


def limit_of(level: ServiceLevel) -> Limit:
    """What is measured must be within this. A value that says nothing gives a limit with a problem."""
    name = name_of(level)
    try:
        if name in DURATIONS:
            seconds = seconds_of(level.value, level.unit)
            return Limit("mustBeLessOrEqualTo", (seconds,), said=f"at most {words(seconds)}")
        if name in ("availability", "errorRate"):
            share = percent_of(level.value, level.unit)
            if name == "errorRate":
                return Limit("mustBeLessOrEqualTo", (share,), said=f"at most {share:g} %")
            return Limit("mustBeGreaterOrEqualTo", (share,), said=f"at least {share:g} %")
        if name == "throughput":
            rate = rows_a_second(level.value, level.unit)
            return Limit("mustBeGreaterOrEqualTo", (rate,), said=f"at least {rate:,g} rows a second")
        if name in DATES:
            moment_of(level.value)
        if name == "timeOfAvailability":
            deadline_of(level.value, level.unit)
    except (NotADuration, NotALevel) as error:
        return Limit(problem=str(error))
    return NONE_ALLOWED


def measure_of(level: ServiceLevel) -> float | None:
    """The value as one number, to compare two contracts: seconds, percent, rows a second, or seconds since 1970."""
    name = name_of(level)
    try:
        if name in DATES:
            return moment_of(level.value).timestamp()
        if name == "timeOfAvailability":
            deadline = deadline_of(level.value, level.unit)
            return datetime.combine(datetime(2000, 1, 3), deadline.at, deadline.zone).timestamp()
    except NotALevel:
        return None
    limit = limit_of(level)
    number = limit.operands[0]
    if limit.problem or limit is NONE_ALLOWED or not isinstance(number, int | float):
        return None
    return float(number)


def percent_of(value: JsonValue, unit: str | None) -> float:
    """A share in percent. Raises NotALevel."""
    text = str(value).strip()
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", text)
    word = (unit or "").strip().lower()
    if isinstance(value, bool) or match is None or word not in ("", "%", "percent", "percentage", "pct"):
        raise NotALevel(f"{text} {unit or ''}".strip() + " is not a percentage: write value: 99.9 and unit: percent")
    share = float(match[1])
    if not word and not text.endswith("%") and 0 < share < 1:
        raise NotALevel(f"{text} may be a share or a percentage: write unit: percent")
    if share > 100:
        raise NotALevel(f"{text} is above 100 percent")
    return share


def rows_a_second(value: JsonValue, unit: str | None) -> float:
    """A speed of serving rows. Raises NotALevel."""
    word = re.sub(r"\s+", "", (unit or "").lower()).replace("per", "/").replace("second", "s").replace("sec", "s")
    if isinstance(value, bool) or not isinstance(value, int | float) or word not in ("rows/s", "records/s"):
        raise NotALevel(f"{value} {unit or ''}".strip() + " is not a speed that is measured: write unit: rows/s")
    return float(value)


def moment_of(value: JsonValue) -> datetime:
    """A date, or a point in time; without zone it is UTC. Raises NotALevel."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotALevel(f"{value!r} is not a date: write it in ISO 8601, such as 2027-12-31") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def deadline_of(value: JsonValue, unit: str | None) -> Deadline:
    """`09:00-08:00`, `09:00 Europe/Berlin`, or `09:00` with the zone as unit. Raises NotALevel."""
    text = str(value).strip()
    match = re.fullmatch(r"([0-2]?\d:[0-5]\d(?::[0-5]\d)?)\s*(Z|[+-]\d{2}:?\d{2}|[A-Za-z]+(?:/[\w+-]+)*)?", text)
    if match is None:
        raise NotALevel(f"{value!r} is not a time of day: write 09:00Z, 09:00+01:00 or 09:00 Europe/Berlin")
    try:
        at = time.fromisoformat(match[1].rjust(8 if match[1].count(":") == 2 else 5, "0"))
        zone = (match[2] or (unit or "UTC")).strip()
        offset = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", zone)
        if zone in ("Z", "UTC"):
            return Deadline(at, UTC)
        if offset:
            sign = -1 if offset[1] == "-" else 1
            from datetime import timezone

            return Deadline(at, timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3]))))
        return Deadline(at, ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise NotALevel(f"{value!r} has no time of day or no zone that is known: write 09:00 Europe/Berlin") from error
