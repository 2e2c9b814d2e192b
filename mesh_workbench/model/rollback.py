"""Rollback: what bringing back an earlier release or version changes."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class RollbackPort(Value):
    """What changes in one port."""

    port: str
    rows_before: int | None = Field(description="Rows that one reads now; null when the port has none now.")
    rows_after: int | None = Field(description="Rows that one reads then; null when the port is not there then.")


class RollbackPlan(Value):
    """What rolling back would do; nothing is stored."""

    product: str = Field(examples=["flight_ops.flights"])
    version_before: str = Field(description="Version that runs now.", examples=["1.2.0"])
    version_after: str = Field(description="Version that runs then.", examples=["1.1.0"])
    release_before: int | None = Field(description="Release that one reads now.")
    restores: int | None = Field(description="Release whose data come back; null when the data stay as they are.")
    published: Instant | None = Field(None, description="When that release was published first.")
    release: int | None = Field(description="Number of the release that brings them back.")
    ports: list[RollbackPort] = Field(default_factory=list)
    steps: list[str] = Field(default_factory=list, description="What will happen, in words, in order.")
