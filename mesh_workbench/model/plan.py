"""What a statement would read, told before it is computed."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.query import Provenance


class Scan(Value):
    """One look at files, at a frame, or at a series."""

    what: str = Field(examples=["files", "frame"])
    columns: list[str] = Field(default_factory=list, description="Those that are read; others are left in the files.")
    filters: list[str] = Field(default_factory=list, description="What rows are left out while they are read.")
    rows: int | None = Field(None, description="Rows that come out of it, estimated.")


class QueryPlan(Value):
    """How a statement would be computed."""

    provenance: Provenance
    scans: list[Scan] = Field(default_factory=list)
    rows: int | None = Field(None, description="Rows of the answer, estimated.")
