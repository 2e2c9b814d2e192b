"""What inference proposes, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import JsonValue

from mesh_workbench.contracts.formats import Format
from mesh_workbench.contracts.profile import ColumnProfile


@dataclass
class Proposed:
    """What is proposed for one column."""

    profile: ColumnProfile
    logical_type: str | None = None
    physical_type: str | None = None
    required: bool = False
    key_position: int = 0
    values: list[JsonValue] = field(default_factory=list)
    minimum: int | float | None = None
    maximum: int | float | None = None
    format: Format | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    """How likely the next row keeps it, where that is not certain."""
