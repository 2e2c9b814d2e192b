"""One difference between two contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mesh_workbench.model.version import Bump

Grade = Literal["breaking", "warning", "compatible", "wording"]

GRADES: tuple[Grade, ...] = ("breaking", "warning", "compatible", "wording")
"""The gravest first."""
BUMP: dict[Grade, Bump] = {"breaking": "major", "warning": "minor", "compatible": "minor", "wording": "patch"}


@dataclass(frozen=True)
class Change:
    """One difference, graded from the consumer's view, in words.

    Breaking: something that consumers could rely on is taken back or weakened. Warning: nothing of the data changes,
    but consumers should know. Compatible: something is added or sharpened. Wording: it is said anew.
    """

    grade: Grade
    words: str
    column: str = ""
    """The column that it is about, as it was called; empty when it is about the whole object."""

    @property
    def level(self) -> Literal["breaking", "warning", "harmless"]:
        """The grade as consumers ask for it."""
        return self.grade if self.grade in ("breaking", "warning") else "harmless"
