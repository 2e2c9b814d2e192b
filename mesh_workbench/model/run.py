"""Runs: one execution of a product version, with its attempts."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.check import Outcome
from mesh_workbench.model.queue import Waiting
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.model.version import EnvironmentDifference


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
Step = Literal["queue", "start", "run", "check", "publish"]

PRIORITY: dict[Trigger, int] = {"manual": 70, "promotion": 70, "retry": 70, "schedule": 50, "backfill": 30}
"""Priority of a run when nobody said one: somebody who waits in front of a screen goes before what runs by itself."""


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

    step: Step | Literal["done"] = "queue"
    cell: int = Field(0, description="Code cell being executed, from 1; 0 before the first.")
    cells: int = Field(0, description="How many code cells there are.")
    line: str = Field("", description="First line of that cell.")
    message: str = ""


class StepTime(Value):
    """When a step of a run began and ended, by the registry's clock."""

    step: Step
    began: Instant
    ended: Instant | None = None


class Attempt(Value):
    """One try of a run."""

    number: int
    worker: str = ""
    acting_identity: str = Field("", description="On whose behalf it was made.")
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
    slots: list[str] | None = Field(
        None,
        description="The slots that were read of it, as asked for; null when all of it was, or it is not known.",
        examples=[["2013-01"]],
    )


class RunRequest(Value):
    """What one says to run a product."""

    product: str = Field(examples=["flight_ops.flights"])
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    preset: str | None = Field(
        None, description="Named values of the version; those in `parameters` count more.", examples=["whole year"]
    )
    slot: Instant | None = Field(None, description="A moment inside the slot to run; null for none.")
    version: str | None = Field(None, description="Newest version when null.")
    trigger: Trigger = "manual"
    priority: int | None = Field(
        None, ge=0, le=100, description="The higher, the sooner within its domain; by what triggered it when null."
    )
    force: bool = Field(False, description="Whether it runs although nothing changed since the current release.")
    retry: RetryPolicy | None = Field(None, description="When it is tried again; as the workbench has set when null.")


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
    priority: int = Field(50, description="The higher, the sooner within its domain; from 0 to 100.")
    forced: bool = Field(False, description="Whether it runs although nothing changed since the current release.")
    retry: RetryPolicy | None = Field(None, description="When it is tried again; as the workbench has set when null.")
    backfill_id: str | None = Field(None, description="The backfill that it is part of.")
    state: RunState = RunState.QUEUED
    not_before: Instant | None = Field(None, description="No worker takes it before; by the registry's clock.")
    waiting: Waiting | None = Field(None, description="Its place in the queue; null when it does not wait.")
    cancel_requested: bool = Field(False, description="Whether somebody asked for its end.")
    progress: Progress = Field(default_factory=Progress)
    steps: list[StepTime] = Field(default_factory=list, description="Steps of the newest attempt, in their order.")
    attempts: list[Attempt] = Field(default_factory=list)
    inputs: list[InputRelease] = Field(default_factory=list)
    fingerprint: str = Field(
        "", description="Digest of version, parameters, slot and input releases; empty before they are resolved."
    )
    drift: list[EnvironmentDifference] = Field(
        default_factory=list,
        description="Where the environment of its newest attempt is not the one that its version was promoted in.",
    )
    failure: Failure | None = None
    release: int | None = Field(
        None, description="Number of the release that it made; when unchanged, of the one that it would have repeated."
    )
    report_id: str | None = Field(None, description="Its check report.")
    checks: dict[Outcome, int] = Field(
        default_factory=dict, description="Promises of its check report by outcome; empty when it was not checked."
    )
    rows: dict[str, int] = Field(default_factory=dict, description="Staged rows per output.")
    bytes: dict[str, int] = Field(default_factory=dict, description="Staged bytes per output.")
    created: Instant
    started: Instant | None = None
    finished: Instant | None = None
    revision: int = 1
