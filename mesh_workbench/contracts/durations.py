"""Lengths of time as contracts write them: ISO 8601 (`P1D`, `PT15M`), or a number and a unit."""

from __future__ import annotations

import re

from pydantic import JsonValue

_DAY = 86_400.0
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": _DAY, "w": 7 * _DAY, "mo": 30.436875 * _DAY, "y": 365.2425 * _DAY}
"""A month and a year are those of the calendar on average."""
_UNITS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "min", "mins": "min", "minute": "min",
    "minutes": "min", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "d": "d", "day": "d", "days": "d",
    "w": "w", "week": "w", "weeks": "w", "mo": "mo", "month": "mo", "months": "mo", "y": "y", "yr": "y", "yrs": "y",
    "year": "y", "years": "y",
}  # fmt: skip
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_ISO = re.compile(
    rf"P(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_ISO_UNITS = ("y", "mo", "w", "d", "h", "min", "s")
_WITH_UNIT = re.compile(rf"{_NUMBER}\s*([A-Za-z]+)")


class NotADuration(ValueError):
    """The text says why it is none, and what to write."""


def seconds_of(value: JsonValue, unit: str | None) -> float:
    """The length in seconds. Raises NotADuration, for `m` above all, which means minutes to some and months to others.

    >>> seconds_of("PT15M", None), seconds_of(1, "d")
    (900.0, 86400.0)
    """
    word = (unit or "").strip()
    if isinstance(value, str):
        text = value.strip()
        match = _ISO.fullmatch(text.upper())
        if match:
            parts = zip(match.groups(), _ISO_UNITS, strict=True)
            return sum(float(number.replace(",", ".")) * _SECONDS[name] for number, name in parts if number)
        with_unit = _WITH_UNIT.fullmatch(text)
        if with_unit and not word:
            value, word = float(with_unit[1].replace(",", ".")), with_unit[2]
        elif re.fullmatch(_NUMBER, text):
            value = float(text.replace(",", "."))
        else:
            raise NotADuration(f"{value!r} is not a length of time: write ISO 8601 such as P1D or PT15M")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise NotADuration(f"{value!r} is not a length of time: write ISO 8601 such as P1D or PT15M")
    if word in ("m", "M"):
        raise NotADuration(
            f"the unit {word} means minutes to some and months to others: write PT{value:g}M or P{value:g}M"
        )
    if not word:
        raise NotADuration(f"{value:g} has no unit: write ISO 8601 such as P{value:g}D, or unit: d")
    if word.lower() not in _UNITS:
        raise NotADuration(f"{word!r} is not a unit of time that is known here ({', '.join(_SECONDS)}, or ISO 8601)")
    return value * _SECONDS[_UNITS[word.lower()]]


def words(seconds: float) -> str:
    """`2 days 3 hours`: the two largest units.

    >>> words(183600)
    '2 days 3 hours'
    """
    parts: list[str] = []
    rest = float(round(abs(seconds)))
    for name, size in (("year", 365.2425 * _DAY), ("day", _DAY), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        count = round(rest) if size == 1.0 else int(rest // size)
        if count and len(parts) < 2:
            parts.append(f"{count:,} {name}{'' if count == 1 else 's'}")
            rest -= count * size
    return " ".join(parts) or "0 seconds"
