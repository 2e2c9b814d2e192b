"""Service levels about incidents: time to detect, notify and repair."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class LevelOfIncidents:
    """A time that runs from the beginning of an incident."""

    def __init__(self, level: str) -> None:
        self.name = f"sla.{level}"
        self.description = "Not evaluated until there are incidents on record."
        self.example = f"slaProperties: [{{property: {level}, value: PT4H}}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        if promise.limit.problem:
            return Declined(promise.limit.problem, refused=True)
        return Declined("there are no incidents on record from which it could be told")


LEVELS_OF_INCIDENTS = (
    LevelOfIncidents("timeToDetect"),
    LevelOfIncidents("timeToNotify"),
    LevelOfIncidents("timeToRepair"),
)
