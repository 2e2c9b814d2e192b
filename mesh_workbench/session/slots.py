"""`mesh.slot`: the interval of time that a run is about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import as_utc
from mesh_workbench.session.run import current_run

VARIABLE = "MESH_SLOT"
"""Set it to `START/END` (ISO 8601) to try a notebook for a slot in front of a person."""


@dataclass(frozen=True)
class Slot:
    """Start (inclusive) and end (exclusive) in UTC. False, with None in both, where there is no slot, so that a
    notebook can say `start = mesh.slot.start or datetime(2013, 1, 1)` and work in both situations."""

    start: datetime | None = None
    end: datetime | None = None
    timezone: str = "UTC"

    def __bool__(self) -> bool:
        return self.start is not None

    @property
    def local_start(self) -> datetime | None:
        """The start in the schedule's own zone: what day and month it is there."""
        return self.start.astimezone(ZoneInfo(self.timezone)) if self.start else None

    @property
    def local_end(self) -> datetime | None:
        """The end in the schedule's own zone."""
        return self.end.astimezone(ZoneInfo(self.timezone)) if self.end else None

    def __str__(self) -> str:
        if not self:
            return f"no slot (set {VARIABLE}=START/END to try one)"
        return f"{self.local_start:%Y-%m-%d %H:%M} to {self.local_end:%Y-%m-%d %H:%M} {self.timezone}"


def current_slot() -> Slot:
    """The slot of this run, or of MESH_SLOT in front of a person. Raises InvalidInput `slot.invalid`."""
    run = current_run()
    if run is not None:
        slot = run.document.slot
        return Slot(slot.start, slot.end, slot.timezone) if slot else Slot()
    said = os.environ.get(VARIABLE, "")
    if not said:
        return Slot()
    start, _, end = said.partition("/")
    try:
        began = as_utc(datetime.fromisoformat(start))
        return Slot(began, as_utc(datetime.fromisoformat(end)) if end else began)
    except ValueError as error:
        raise InvalidInput(
            "slot.invalid",
            f"{VARIABLE} is {said!r}, which is no interval.",
            hint="Write it like 2013-02-01T00:00Z/2013-03-01T00:00Z.",
        ) from error
