"""The history of promises: what one check after the other found of each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.check import Outcome, PromiseSpec, Verdict
from mesh_workbench.model.schedule import SlotTime


class PastCheck(Value):
    """One check of a product's data, of which a history has a column."""

    report_id: str
    run_id: str
    version: str = Field(description="Product version whose contracts were checked.", examples=["1.2.0"])
    slot: SlotTime | None = None
    made: Instant
    verdict: Verdict = Field(description="Of the whole report, all ports together.")
    release: int | None = Field(None, description="The release that came of it; null when nothing was published.")


class PromisePoint(Value):
    """What one check found of one promise."""

    outcome: Outcome
    observed: JsonValue = Field(None, description="What was seen.", examples=[0])
    expected: str = Field("", description="What was promised then, in words.", examples=["0 rows"])
    failing_rows: int | None = Field(None, description="How many rows broke it, where that can be said.")
    share: float | None = Field(None, description="Failing rows of those looked at, from 0 to 1.", examples=[0.02])


class PromiseHistory(Value):
    """One promise through all checks of a history."""

    promise: PromiseSpec = Field(description="The promise as it was said last.")
    points: list[PromisePoint | None] = Field(
        description="One for each check, in their order; null where the contract did not say it."
    )


ChangeKind = Literal["broken", "recovered", "outcome", "added", "removed", "moved"]
"""From kept to not, from not kept to kept, any other change of outcome, said anew or no longer, another value seen."""


class PromiseChange(Value):
    """How a promise fared in the last check, compared with the one before."""

    promise: PromiseSpec
    kind: ChangeKind
    before: PromisePoint | None = None
    after: PromisePoint | None = None


class ContractHistory(Value):
    """How the promises of a port were kept over time."""

    product: str = Field(examples=["flight_ops.flights"])
    port: str = Field(examples=["flights"])
    checks: list[PastCheck] = Field(default_factory=list, description="The oldest first.")
    promises: list[PromiseHistory] = Field(
        default_factory=list, description="In the order of the newest contract; those it no longer says come last."
    )
    changes: list[PromiseChange] = Field(
        default_factory=list, description="Between the last two checks, what matters most first."
    )
