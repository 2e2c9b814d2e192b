"""Schedules, the slots they make due, and what was decided about each."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.retry import RetryPolicy


class ScheduleDraft(Value):
    """What one says to schedule a product."""

    cron: str = Field(description="Five cron fields.", examples=["0 6 * * *"])
    timezone: str = Field("UTC", description="IANA zone in which the cron fields are read.")
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    start: Instant | None = Field(None, description="No slot begins before it.")
    end: Instant | None = Field(None, description="No slot begins at or after it.")
    priority: int | None = Field(
        None,
        ge=0,
        le=100,
        description="Priority of its runs: the higher, the sooner within their domain; 50 when null.",
    )
    retry: RetryPolicy | None = Field(
        None, description="When its runs are tried again; as the workbench has set when null."
    )


class Schedule(ScheduleDraft):
    """When a product's version runs by itself."""

    id: str
    product_id: str
    product: str
    paused: bool = False
    pause_reason: str = ""
    next_fire: Instant | None = Field(None, description="Null when nothing will fire any more.")
    acting_identity: str = Field(description="On whose behalf scheduled runs act.")
    created: Instant
    revision: int = 1
    words: str = Field("", description="The schedule in words.", examples=["At 06:00 every day, Europe/Madrid."])


class SchedulePreview(Value):
    """When a schedule would fire."""

    words: str = Field(description="The schedule in words.", examples=["At 06:00 every day, Europe/Madrid."])
    items: list[Instant] = Field(default_factory=list, description="The next fire times, in UTC.")


class SlotTime(Value):
    """The interval of time that a run is about: start inclusive, end exclusive."""

    start: Instant
    end: Instant
    timezone: str = "UTC"

    @property
    def key(self) -> str:
        """The slot's name in file lists and folders: its start in UTC."""
        return self.start.strftime("%Y-%m-%dT%H:%M:%SZ")


class SlotState(StrEnum):
    DUE = "due"
    RUN = "run"
    SKIPPED = "skipped"
    MISSED = "missed"


class SlotDecision(Value):
    """One decision about a slot; they are only ever appended."""

    at: Instant
    state: Literal["run", "skipped", "missed"]
    reason: str = ""
    run_id: str | None = None
    by: str = Field("", description="Identity or worker that decided.")


class Slot(Value):
    """What must be decided exactly once: key (product, schedule or `manual`, start, parameter-set hash)."""

    id: str
    product_id: str
    schedule_key: str = Field(description="Id of the schedule, or `manual`.")
    start: Instant
    end: Instant
    timezone: str = "UTC"
    parameters_hash: str
    state: SlotState = SlotState.DUE
    decisions: list[SlotDecision] = Field(default_factory=list)
