"""Backfills: a range of slots of one product, computed again or for the first time, a few at a time."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.schedule import ScheduleDraft, SlotTime


class BackfillState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in (BackfillState.DONE, BackfillState.CANCELLED)


class BackfillRequest(Value):
    """What one says to backfill a product: every slot that lies in the range, as its schedule cuts time."""

    product: str = Field(examples=["flight_ops.flights"])
    start: Instant = Field(description="The slot that contains it is the first one.")
    end: Instant = Field(description="Only slots that begin before it.")
    only: Literal["missing", "all"] = Field(
        "missing", description="Slots that no release has published yet, or every slot."
    )
    order: Literal["oldest", "newest"] = Field("oldest", description="Which end of the range comes first.")
    concurrency: int = Field(1, ge=1, le=64, description="How many of its runs are queued or going on at a time.")
    stop_after: int = Field(
        3, ge=0, le=1000, description="It pauses when so many of its runs have failed in a row; 0 lets it go on."
    )
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="In place of the schedule's; slot expressions are filled in for each slot."
    )
    preset: str | None = Field(
        None, description="Name of a preset of its version. Without it and parameters, those of the schedule hold."
    )
    version: str | None = Field(None, description="Newest version when null; it stays the same for the whole backfill.")
    force: bool = Field(False, description="Whether slots run although nothing changed since they were published.")
    cut: ScheduleDraft | None = Field(
        None, description="How time is cut into slots when the product has no schedule by the clock."
    )


class PlannedSlot(Value):
    """A slot of a backfill that has not begun."""

    slot: SlotTime
    skipped: str = Field("", description="Why it will not run; empty when it will.")
    parameters: dict[str, JsonValue] = Field(default_factory=dict, description="What its run is given.")


class BackfillPlan(Value):
    """What a backfill would do."""

    product: str
    version: str
    words: str = Field(description="How time is cut.", examples=["At 06:00 every day, Europe/Madrid."])
    runs: int = Field(description="Slots that would run.")
    skipped: int = 0
    items: list[PlannedSlot] = Field(default_factory=list, description="In the order in which they would run.")
    notes: list[str] = Field(default_factory=list)


class Backfill(Value):
    """A backfill as the registry keeps it."""

    id: str = Field(examples=["bkf_01k9…"])
    product: str
    product_id: str
    version: str
    version_id: str
    start: Instant
    end: Instant
    only: Literal["missing", "all"] = "missing"
    order: Literal["oldest", "newest"] = "oldest"
    concurrency: int = 1
    stop_after: int = 3
    force: bool = False
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    preset: str | None = None
    schedule_key: str = Field(description="Id of the schedule whose slots they are, or `manual`.")
    acting_identity: str
    state: BackfillState = BackfillState.RUNNING
    reason: str = Field("", description="Why it is paused or was cancelled.")
    created: Instant
    resumed: Instant | None = Field(None, description="When it was last let go on; failures before do not count.")
    finished: Instant | None = None
    total: int = Field(0, description="Slots in its range.")
    counts: dict[str, int] = Field(
        default_factory=dict,
        description="Slots by what became of them: `waiting`, `skipped`, and the states of runs.",
    )
    revision: int = 1

    @property
    def left(self) -> int:
        """Slots that have not come to their end."""
        ended = ("skipped", "succeeded", "unchanged", "failed", "cancelled")
        return self.total - sum(self.counts.get(state, 0) for state in ended)


class BackfillSlot(Value):
    """One slot of a backfill: a square of its grid."""

    position: int = Field(description="From 0, in the order in which they run.")
    slot: SlotTime
    state: str = Field(description="`waiting`, `skipped`, or the state of its run.")
    reason: str = Field("", description="Why it was skipped, or its run failed.")
    run_id: str | None = None
    release: int | None = None
