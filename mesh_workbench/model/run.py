"""Runs: one execution of a product version, with its attempts."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.schedule import SlotTime


class RunState(StrEnum):
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    CHECKING = "checking"
    PUBLISHING = "publishing"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in FINAL_STATES


FINAL_STATES = frozenset({RunState.SUCCEEDED, RunState.UNCHANGED, RunState.FAILED, RunState.CANCELLED})

FailureClass = Literal["user_code", "contract", "missing_output", "environment", "infrastructure", "timeout", "lost"]
Trigger = Literal["manual", "schedule", "backfill", "promotion", "retry"]


class Failure(Value):
    """Why a run failed, short enough to read and precise enough to act on."""

    failure_class: FailureClass
    code: str = Field(examples=["run.cell-failed"])
    message: str = Field(examples=["ZeroDivisionError: division by zero"])
    hint: str = ""
    cell: int | None = Field(None, description="Index of the failing cell, from 0.")
    traceback: str = Field("", description="The user's frames only, a few lines, without colour codes.")


class Progress(Value):
    """Where a run is now."""

    step: Literal["queue", "start", "run", "check", "publish", "done"] = "queue"
    cell: int = Field(0, description="Code cell being executed, from 1; 0 before the first.")
    cells: int = Field(0, description="How many code cells there are.")
    line: str = Field("", description="First line of that cell.")
    message: str = ""


class Attempt(Value):
    """One try of a run."""

    number: int
    worker: str = ""
    started: Instant
    finished: Instant | None = None
    state: RunState
    failure: Failure | None = None


class InputRelease(Value):
    """What a run read: an exact release."""

    port: str = Field(examples=["flight_ops.flights"])
    product_id: str
    release: int
    version: str
    rows: int = 0


class RunRequest(Value):
    """What one says to run a product."""

    product: str = Field(examples=["flight_ops.flights"])
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    slot: Instant | None = Field(None, description="A moment inside the slot to run; null for none.")
    version: str | None = Field(None, description="Newest version when null.")
    trigger: Trigger = "manual"


class Run(Value):
    """One execution of a product version."""

    id: str
    product: str
    product_id: str
    version: str
    version_id: str
    slot: SlotTime | None = None
    slot_id: str | None = None
    trigger: Trigger
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    acting_identity: str
    state: RunState = RunState.QUEUED
    progress: Progress = Field(default_factory=Progress)
    attempts: list[Attempt] = Field(default_factory=list)
    inputs: list[InputRelease] = Field(default_factory=list)
    failure: Failure | None = None
    release: int | None = Field(None, description="Number of the release that it made.")
    report_id: str | None = Field(None, description="Its check report.")
    rows: dict[str, int] = Field(default_factory=dict, description="Staged rows per output.")
    created: Instant
    started: Instant | None = None
    finished: Instant | None = None
    revision: int = 1
