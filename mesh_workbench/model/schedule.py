"""Schedules, the slots they make due, and what was decided about each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue, model_validator

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.duration import Duration, DurationText
from mesh_workbench.model.pause import Pause
from mesh_workbench.model.retry import RetryPolicy

CatchUp = Literal["skip", "latest", "all"]
Overlap = Literal["skip", "queue", "cancel"]
Carry = Literal["union", "last", "each"]
MANUAL = "manual"
"""In place of a schedule's id, for slots that somebody asked for."""


class ScheduleDraft(Value):
    """What one says to schedule a product: exactly one of `cron`, `every` and `after`, and how to treat its slots."""

    cron: str | None = Field(None, description="Five cron fields.", examples=["0 6 * * *"])
    every: DurationText | None = Field(
        None,
        description="An interval, counted from `start`, else from midnight of Monday 2001-01-01 in the zone. Days and "
        "longer follow the calendar of the zone, hours and shorter are elapsed time.",
        examples=["PT15M", "15 minutes"],
    )
    after: Literal["any", "all"] | None = Field(
        None, description="Runs when any, or each, of the products it reads has a new release."
    )
    debounce: DurationText | None = Field(
        None,
        description="With `after`: how long no further release must have come; ten times that at most.",
        examples=["PT5M"],
    )
    carry: Carry = Field(
        "union",
        description="With `after`: which interval the run is about. The one that covers those of the new releases "
        "(union), that of the last one (last), or one run for each (each).",
    )
    timezone: str = Field("UTC", description="IANA zone in which it is read.", examples=["Europe/Madrid"])
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="Values for the notebook. Texts may hold {slot.start} and {slot.end}, also with a format.",
        examples=[{"month": "{slot.start:%Y-%m}"}],
    )
    preset: str | None = Field(
        None, description="Name of a preset of the version that runs; `parameters` count more than its values."
    )
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
    catch_up: CatchUp = Field(
        "latest",
        description="What becomes of slots that fell due while no worker ran: none runs (skip), the latest (latest) or "
        "every one, in order (all).",
    )
    grace: DurationText | None = Field(
        None,
        description="A slot that could not start within this time is missed. Null is no limit; 5 minutes with "
        "`catch_up: skip`.",
        examples=["PT1H"],
    )
    overlap: Overlap = Field(
        "queue",
        description="What becomes of a slot that falls due while the run before still goes on: it is skipped (skip), "
        "waits (queue), or the run before is cancelled (cancel).",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> ScheduleDraft:
        """Raises InvalidInput, which pydantic lets through, so that every door says the same."""
        given = [kind for kind in ("cron", "every", "after") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise InvalidInput(
                "schedule.several-kinds" if given else "schedule.no-kind",
                f"A schedule is one of cron, every and after, not {' and '.join(given)}."
                if given
                else "The schedule does not say when it fires.",
                hint="Give one of: cron (0 6 * * *), every (15 minutes), after (any or all).",
            )
        if self.after is None and (self.debounce is not None or self.carry != "union"):
            raise InvalidInput(
                "schedule.only-after",
                f"`{'carry' if self.debounce is None else 'debounce'}` is only for a schedule that waits for inputs.",
                hint="Leave it out, or use `after`.",
            )
        return self

    @property
    def short(self) -> str:
        """The kind in a few words: `0 6 * * *`, `every 15 minutes`, `after any input`."""
        if self.every is not None:
            return f"every {Duration.parse(self.every).words()}"
        return self.cron or f"after {self.after} input{'s' if self.after == 'all' else ''}"


class Schedule(ScheduleDraft):
    """When a product's version runs by itself."""

    id: str
    product_id: str
    product: str
    paused: bool = Field(False, description="Whether its own pause holds it now; see also `domain_pauses`.")
    pause_reason: str = Field("", description="Why it is paused, in the words of who paused it.")
    pause: Pause | None = Field(None, description="Its own pause; one that has ended stays until the next.")
    domain_pauses: list[Pause] = Field(
        default_factory=list, description="Pauses of its domain and of those above, as of now."
    )
    next_fire: Instant | None = Field(
        None, description="Null when nothing will fire any more, and with `after` until a release comes."
    )
    seen: dict[str, int] = Field(
        default_factory=dict, description="With `after`: the newest release of each input that it has acted on."
    )
    acting_identity: str = Field(description="On whose behalf scheduled runs act.")
    created: Instant
    revision: int = 1
    words: str = Field("", description="The schedule in words.", examples=["At 06:00 every day, Europe/Madrid."])
    notes: list[str] = Field(
        default_factory=list, description="What a change did to slots that were due; only in the answer to a change."
    )

    def why_paused(self, moment: datetime) -> str:
        """Why what falls due at `moment` does not run, in a sentence; empty when no pause holds it."""
        return next((pause.words() for pause in self._pauses() if pause.holds(moment)), "")

    def pause_ends(self, moment: datetime) -> datetime | None:
        """When the pauses that hold it at `moment` have all ended by themselves; None when somebody has to say."""
        ends = [pause.until for pause in self._pauses() if pause.holds(moment)]
        return max((end for end in ends if end is not None), default=None) if None not in ends else None

    def _pauses(self) -> list[Pause]:
        return [*self.domain_pauses, *([self.pause] if self.pause else [])]


class SlotTime(Value):
    """The interval of time that a run is about: start inclusive, end exclusive."""

    start: Instant
    end: Instant
    timezone: str = "UTC"

    @property
    def key(self) -> str:
        """The slot's name in file lists and folders: its start in UTC."""
        return self.start.strftime("%Y-%m-%dT%H:%M:%SZ")


class PlannedSlot(Value):
    """A slot that will fall due."""

    at: Instant = Field(description="When it fires.")
    words: str = Field(
        description="When, in the zone asked for.", examples=["Tuesday 3 March 2026, 06:00 CET, in 4 hours"]
    )
    slot: SlotTime
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="What the run is given, slot expressions filled in."
    )


class AwaitedInput(Value):
    """An input product whose releases a schedule waits for."""

    product: str = Field(examples=["flight_ops.flights"])
    seen: int = Field(0, description="Newest release that it has acted on; 0 for none.")
    newest: int = Field(0, description="Newest release; 0 for none.")
    next_fire: Instant | None = Field(None, description="When that product's own schedule fires next.")


class SchedulePreview(Value):
    """When a schedule would fire."""

    words: str = Field(description="The schedule in words.", examples=["At 06:00 every day, Europe/Madrid."])
    items: list[Instant] = Field(default_factory=list, description="The next fire times, in UTC.")
    slots: list[PlannedSlot] = Field(default_factory=list, description="The same, with their slots and parameters.")
    waits_for: list[AwaitedInput] = Field(default_factory=list, description="With `after`: the inputs of the product.")
    notes: list[str] = Field(
        default_factory=list, description="What setting it would do to slots that are due already."
    )


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
    parameters_hash: str = Field(description="Digest of the parameters, and with `after` of the releases that came.")
    due: Instant | None = Field(None, description="When it fell due; its end when null.")
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameters of the schedule when it fell due, as written there."
    )
    preset: str | None = Field(None, description="The preset that the schedule named then.")
    releases: dict[str, int] = Field(
        default_factory=dict, description="With `after`: the new releases that made it due, by product."
    )
    state: SlotState = SlotState.DUE
    decisions: list[SlotDecision] = Field(default_factory=list)

    @property
    def time(self) -> SlotTime | None:
        """The interval; None when the releases that made it due had none."""
        return SlotTime(start=self.start, end=self.end, timezone=self.timezone) if self.start < self.end else None
