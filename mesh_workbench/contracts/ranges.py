"""Round numbers around what was seen."""

from __future__ import annotations

import math

_LARGEST = 1e15
"""Beyond this numbers are identifiers or hashes, and a range of them says nothing."""


def generous(low: int | float, high: int | float) -> tuple[int | float, int | float] | None:
    """Bounds that leave room for twice as much, rounded to one digit; 0 stays a bound that is never crossed.

    >>> generous(17, 4983)
    (0, 10000)
    """
    if max(abs(low), abs(high)) > _LARGEST:
        return None
    whole = isinstance(low, int) and isinstance(high, int)
    least: int | float = 0 if low >= 0 else -_round_up(2 * -low)
    most: int | float = 0 if high <= 0 else _round_up(2 * high)
    return (int(least), int(most)) if whole else (least, most)


def _round_up(value: float) -> int | float:
    """The next number of one digit and zeros, not below `value` (which is above 0)."""
    power = math.floor(math.log10(value))
    digit = math.ceil(value / 10.0**power) if power > -300 else 10
    rounded = float(f"{digit}e{power}")
    return int(rounded) if rounded >= 1 else rounded
