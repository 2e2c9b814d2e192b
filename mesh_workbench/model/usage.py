"""Usage: how much a product is read, by whom, and which columns of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value


class DayUse(Value):
    """Reads of one day."""

    day: str = Field(description="In UTC.", examples=["2013-01-31"])
    reads: int
    readers: int = Field(description="Identities that read it, those of runs included.")
    rows: int = Field(description="Rows of answers; who takes the files is not counted.")
    bytes: int = Field(description="Bytes of answers in memory.")
    duration_ms: float = Field(description="How long all reads took together.")


class ConsumerUse(Value):
    """What one consumer read."""

    kind: Literal["product", "person"]
    name: str = Field(description="domain.product whose runs read it, or an identity.", examples=["rita"])
    reads: int
    rows: int
    bytes: int
    last_day: str = Field(examples=["2013-01-31"])
    purposes: list[str] = Field(default_factory=list, description="What for, where it was said.")


class ColumnUse(Value):
    """How often a column was read."""

    port: str
    column: str | None = Field(description="Null for reads of all columns.")
    reads: int
    last_day: str = Field(examples=["2013-01-31"])


class Usage(Value):
    """How a product is used. Samples, as pages show them, are no use."""

    product: str = Field(examples=["flight_ops.flights"])
    since: str = Field(description="First day that counts, in UTC.", examples=["2013-01-01"])
    reads: int
    rows: int
    bytes: int
    mean_ms: float | None = Field(None, description="How long a read takes on average; null without reads.")
    consumers: int = Field(description="Products and people who read it.")
    named: bool = Field(description="Whether the asker may see who reads it: the owner and governance may.")
    days: list[DayUse] = Field(default_factory=list, description="Days with reads, the oldest first.")
    top: list[ConsumerUse] = Field(default_factory=list, description="Who reads most; empty when not `named`.")
    columns: list[ColumnUse] = Field(default_factory=list, description="Columns that are read most.")
