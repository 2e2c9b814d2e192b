"""Promises, and what checking them found."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, JsonValue

from mesh_workbench.model.base import Instant, Value

Severity = Literal["info", "warning", "error"]


class Outcome(StrEnum):
    """What became of one promise. Only `failed` and `error` of severity error block publishing."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    ERROR = "error"
    NOT_EVALUATED = "not_evaluated"


class Verdict(StrEnum):
    """What a report as a whole says."""

    KEPT = "kept"
    KEPT_PARTLY = "kept_partly"
    BREACHED = "breached"


class PromiseSpec(Value):
    """One thing that a contract says, ready to be evaluated."""

    id: str = Field(description="Stable within the contract.", examples=["flights.carrier.required"])
    kind: str = Field(description="Name of the rule that evaluates it.", examples=["required"])
    target: str = Field(description="Object, or object.column.", examples=["flights.carrier"])
    words: str = Field(description="The promise in words.", examples=["carrier is never empty"])
    severity: Severity = "error"
    dimension: str = Field("", examples=["completeness"])
    path: str = Field("", description="Where the contract says it.", examples=["schema[0].properties[3].required"])


class PromiseResult(Value):
    """What became of one promise. There is exactly one result per promise."""

    promise: PromiseSpec
    outcome: Outcome
    reason: str = Field("", description="Why it failed, erred or was not evaluated.")
    observed: JsonValue = Field(None, description="What was seen.", examples=[0])
    expected: str = Field("", description="What was promised, in words.", examples=["0 missing"])
    failing_rows: int | None = Field(None, description="How many rows break it, where that can be said.")
    rows: int | None = Field(None, description="How many rows were looked at.")
    sample: list[dict[str, JsonValue]] = Field(
        default_factory=list, description="At most 20 failing rows: keys and the column."
    )
    duration_ms: float = 0.0


def _fields(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


Fields = Annotated[dict[str, JsonValue], BeforeValidator(_fields)]
"""Columns and their values, also from JSON text."""


class QuarantinedRow(Value):
    """A row that broke a promise, kept with its run."""

    port: str
    promise: str = Field(description="Id of the promise.", examples=["flights.carrier.required"])
    words: str = Field(description="The promise in words.", examples=["carrier is never empty"])
    outcome: Outcome = Field(description="What became of the promise: failed or warned.")
    key: Fields = Field(description="Columns of the contract's primary key.", examples=[{"flight_id": 17}])
    value: Fields = Field(description="Columns that the promise is about.", examples=[{"carrier": None}])


class PortReport(Value):
    """The results for one port."""

    port: str
    contract_blob: str
    rows: int = Field(description="Rows of the candidate state.")
    staged_rows: int = 0
    results: list[PromiseResult] = Field(default_factory=list)


class CheckReport(Value):
    """The results for all ports of one candidate state."""

    id: str
    run_id: str | None = None
    product: str = ""
    verdict: Verdict
    base_release: int | None = Field(None, description="Release on which the candidate builds.")
    ports: list[PortReport] = Field(default_factory=list)
    fresh_until: Instant | None = Field(
        None, description="Until when the data are as young as the contract promises; null without such promise."
    )
    made: Instant
    duration_ms: float = 0.0

    @property
    def results(self) -> list[PromiseResult]:
        return [result for port in self.ports for result in port.results]

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)


def verdict_of(results: list[PromiseResult]) -> Verdict:
    """Breached when a promise of severity error failed or erred; kept only when all were evaluated and passed."""
    outcomes = {result.outcome for result in results}
    if outcomes & {Outcome.FAILED, Outcome.ERROR}:
        return Verdict.BREACHED
    if outcomes & {Outcome.NOT_EVALUATED, Outcome.WARNED}:
        return Verdict.KEPT_PARTLY
    return Verdict.KEPT
