"""A rule of another distribution that cannot be used."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class Broken:
    """Stands where the rule would be: a rule that is silently missing would be a promise that is silently not kept."""

    example = ""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.description = f"Its plugin cannot be used: {reason}"

    def step(self, _promise: Promise, _shape: Shape) -> Step:
        return Declined(self.description, refused=True)
