"""What inference proposes, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from mesh_workbench.contracts.formats import Format
from mesh_workbench.contracts.profile import ColumnProfile


@dataclass
class Proposed:
    """What is proposed for one column. `type` are the keys that say its type.

    `identifies` when its value alone tells rows apart, so that other promises about its values say nothing.
    """

    profile: ColumnProfile
    type: dict[str, JsonValue] = field(default_factory=dict)
    required: bool = False
    unique: bool = False
    key_position: int = 0
    identifies: bool = False
    values: list[JsonValue] = field(default_factory=list)
    minimum: int | float | None = None
    maximum: int | float | None = None
    format: Format | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    """How likely the next row keeps it, where that is not certain."""
