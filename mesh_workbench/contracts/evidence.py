"""How much so many rows say."""

from __future__ import annotations

FEWEST = 20
"""Values below which what they have in common may well be chance."""

_CLOSEST = 0.9999


def chance(seen: int) -> float:
    """How likely the next one keeps what `seen` ones kept, by the rule of succession. Never certain."""
    return min(round((seen + 1) / (seen + 2), 4), _CLOSEST)


def counted(number: int, what: str) -> str:
    """`1 row`, `1,000 rows`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def number(value: int | float) -> str:
    """`1,000`, `20.949`: whole numbers exactly, others to six digits."""
    whole = isinstance(value, int) or abs(value) >= 1_000_000
    return f"{value:,.0f}" if whole else f"{value:,.6g}"
