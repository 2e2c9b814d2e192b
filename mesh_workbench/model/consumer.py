"""Consumers: who reads a product, what of it, and whether a change has been accepted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class Acknowledgement(Value):
    """That somebody has seen a breaking change, and will be ready for it."""

    by: str = Field(examples=["rita"])
    at: Instant
    note: str = ""


class Consumer(Value):
    """Somebody who reads a product, or a product that is made from it."""

    kind: Literal["product", "person"]
    name: str = Field(description="domain.product, or an identity.", examples=["insights.daily_delays"])
    ports: list[str] = Field(default_factory=list, description="Ports that are read.")
    columns: list[str] | None = Field(None, description="Columns that are read, as far as SQL shows; null for any.")
    major: int | None = Field(None, description="Major version that a product declares to rely on; null for any.")
    last_read: Instant | None = Field(None, description="When it was read last; null when never, or long ago.")
    reads: int = Field(0, description="How often it was read lately.")
    breaks: list[str] = Field(
        default_factory=list, description="What of a change concerns it.", examples=[["column tailnum is gone"]]
    )
    acknowledged: Acknowledgement | None = Field(None, description="Null while the change is not acknowledged.")
