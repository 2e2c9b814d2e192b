"""Which processors a run may use.

Libraries look at the processors that they may run on when they decide how many threads to start, so one setting
bounds them all; it is the operating system that keeps it, whatever the notebook does.
"""

from __future__ import annotations

import itertools
import os

_turn = itertools.count()


def share(count: int) -> list[int]:
    """`count` of the processors of this worker, others for each caller in turn; none stands for no limit, which is
    also the answer where the system has no such thing."""
    if count < 1 or not hasattr(os, "sched_getaffinity"):
        return []
    here = sorted(os.sched_getaffinity(0))
    first = next(_turn) * count
    return sorted({here[(first + offset) % len(here)] for offset in range(min(count, len(here)))})
