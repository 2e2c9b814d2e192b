"""Whether a limit allows less, or more, than another."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mesh_workbench.contracts.limit import Limit


def compared(was: Limit, now: Limit, *, whole: bool) -> tuple[bool, bool]:
    """(stricter, looser): whether something that was allowed no longer is, and the other way round.

    What a limit allows changes at its numbers only, so it is asked there, between them and beyond. `whole` when a
    number of rows or values is compared; of a percentage any number from 0 to 100 may be. Limits that are no numbers
    are looser unless they are equal.
    """
    if was.problem or now.problem:
        return bool(was.problem), bool(now.problem)
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in (*was.operands, *now.operands)):
        return False, was != now
    numbers = sorted({float(one) for one in (*was.operands, *now.operands) if isinstance(one, int | float)})
    points = list(_points(numbers, whole=whole and not now.percent, least=0.0 if whole else -math.inf))
    allowed = [(was.holds(point), now.holds(point)) for point in points if not now.percent or point <= 100]
    return (True, False) in allowed, (False, True) in allowed


def _points(numbers: list[float], *, whole: bool, least: float) -> Iterator[float]:
    if whole:
        near = {round(end) for number in numbers for end in (math.floor(number), math.ceil(number))}
        yield from sorted({float(one + step) for one in (0, *near) for step in (-1, 0, 1) if one + step >= least})
        return
    ends = [numbers[0] - 1, *numbers, numbers[-1] + 1]
    if least > -math.inf:
        ends = sorted({least, 100.0, *(number for number in ends if number >= least)})
    for number, following in zip(ends, [*ends[1:], ends[-1]], strict=True):
        yield number
        yield (number + following) / 2
