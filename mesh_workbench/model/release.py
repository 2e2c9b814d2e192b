"""Releases: what consumers read."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from mesh_workbench.model.base import Instant, Value, as_utc
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.schedule import SlotTime


class PortFile(Value):
    """A Parquet file of a port's table, alive from one release on until another removes it."""

    path: str = Field(description="Relative to the table's folder.", examples=["data/run_01k9…/part-0.parquet"])
    size: int = Field(description="Bytes.")
    rows: int
    slot: str | None = Field(None, description="Key of the slot it belongs to: its start in UTC.")
    slot_end: Instant | None = Field(None, description="End of that slot, exclusive.")
    slot_timezone: str | None = Field(None, description="IANA zone of that slot.")
    run_id: str

    @classmethod
    def of(cls, path: str, *, size: int, rows: int, slot: SlotTime | None, run_id: str) -> PortFile:
        """A file with rows about `slot`."""
        about = {"slot": slot.key, "slot_end": slot.end, "slot_timezone": slot.timezone} if slot else {}
        return cls.model_validate({"path": path, "size": size, "rows": rows, "run_id": run_id, **about})

    @property
    def slot_time(self) -> SlotTime | None:
        """The slot; a moment without length where nobody knows its end."""
        if self.slot is None:
            return None
        start = as_utc(datetime.fromisoformat(self.slot))
        return SlotTime(start=start, end=self.slot_end or start, timezone=self.slot_timezone or "UTC")


class ReleasePort(Value):
    """One port in a release."""

    port: str
    port_id: str
    major: int
    delta_version: int
    rows: int
    bytes: int
    files: int
    arrow_schema: str = Field(description="Arrow schema, IPC-serialised, base64.")


class Release(Value):
    """One published state of all ports of a product."""

    id: str
    product_id: str
    product: str
    number: int
    version: str
    major: int
    verdict: Verdict
    checked: int = Field(description="Promises evaluated.")
    warned: int = Field(0, description="Evaluated ones that were not kept, and of which the contract only warns.")
    promises: int = Field(description="Promises in all.")
    ports: list[ReleasePort] = Field(default_factory=list)
    beside: bool = Field(
        False,
        description="Whether it is of another major version than the current one: only who asks for that reads it.",
    )
    run_id: str = Field(description="Run that made the data: of a restored release, the one that made them then.")
    report_id: str
    restores: int | None = Field(None, description="Release whose state it brought back; null when a run made it.")
    reason: str = Field("", description="Why it brought that back.")
    slot: str | None = None
    fresh_until: Instant | None = Field(
        None, description="Until when the data are as young as the contract promises; null without such promise."
    )
    published: Instant
    published_by: str = Field(description="Acting identity.")
    removed: Instant | None = Field(
        None, description="When retention removed it; since then its rows cannot be read. Null while they can."
    )
    removed_because: str = Field("", examples=["more than 30 days after the next one"])
