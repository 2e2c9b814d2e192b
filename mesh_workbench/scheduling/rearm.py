"""After the clock was set back, or the rules of a time zone changed: fire times are what they should be again.

Firing only ever moves a schedule forward. When the clock was ahead for a while, a schedule would rest until the clock
is there again; so its next fire is computed anew. Slots that were decided meanwhile stay decided.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.scheduling.fires import next_fire

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

_SLACK = timedelta(seconds=2)
"""How much the database's clock may lag behind the steady clock of this process between two looks."""
_log = logging.getLogger(__name__)


class ClockWatch:
    """Notices that the database's clock was set back. `steady_s` never goes back."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._last: tuple[datetime, float] | None = None

    def set_back(self, now: datetime) -> bool:
        """Whether `now` is earlier than it should be since the last look; also true at the first look."""
        last, self._last = self._last, (now, self._steady_s())
        return last is None or now + _SLACK < last[0] + timedelta(seconds=self._last[1] - last[1])


def rearm(registry: Registry, now: datetime | None = None) -> int:
    """Correct the next fire of every schedule that goes by time and is not due at `now`; how many were wrong."""
    moment = now or registry.now()
    wrong = 0
    for schedule in registry.schedules.all():
        if schedule.after is not None or (schedule.next_fire is not None and schedule.next_fire <= moment):
            continue
        try:
            expected = next_fire(schedule, moment)
        except InvalidInput as fault:
            _log.error("The schedule of %s cannot be read: %s", schedule.product, fault)
            continue
        if expected != schedule.next_fire and registry.schedules.advance(schedule, expected):
            _log.warning("The next fire of %s is %s now; it was %s.", schedule.product, expected, schedule.next_fire)
            wrong += 1
    return wrong
