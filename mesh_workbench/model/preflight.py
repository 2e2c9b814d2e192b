"""Preflight: a notebook tried out as a worker would run it, before it is promoted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.notebook import Finding
from mesh_workbench.model.run import Progress
from mesh_workbench.model.schedule import SlotTime

CheckName = Literal["understood", "runs", "produces", "keeps", "declares"]


class PreflightRequest(Value):
    """What one says to try a notebook out. The notebook is the document itself, never a path."""

    notebook: str = Field(description="The notebook as JSON text, unsaved edits included.")
    to: str = Field(
        "", description="domain.product that it is to become; its contracts are checked.", examples=["sales.orders"]
    )
    folder: str | None = Field(
        None, description="Folder of the notebook, absolute or relative to the workbench's: what it needs is copied."
    )
    preset: str | None = Field(None, description="Name of a preset of the notebook to take values from.")
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="Values, over those of the preset; defaults for the others."
    )
    slot: SlotTime | None = Field(None, description="The slot to run; none when null.")
    contracts: dict[str, str] = Field(
        default_factory=dict, description="Port name to ODCS text; the newest version's for the others, else proposed."
    )


class PreflightCheck(Value):
    """One line of the checklist."""

    name: CheckName
    outcome: Literal["passed", "warned", "failed", "not_checked"]
    message: str = Field(examples=["It runs from top to bottom."])
    findings: list[Finding] = Field(default_factory=list, description="What to do about it, with fixes.")


class Preflight(Value):
    """One try, from its beginning to its checklist. It publishes nothing."""

    id: str
    to: str = ""
    identity: str = Field(description="Who asked for it, and as whom it runs.")
    state: Literal["running", "done", "cancelled", "lost"]
    progress: Progress = Field(default_factory=Progress)
    checks: list[PreflightCheck] = Field(default_factory=list, description="The checklist, when it is done.")
    report: CheckReport | None = Field(None, description="What checking the produced data against contracts found.")
    rows: dict[str, int] = Field(default_factory=dict, description="Rows that it produced, by output.")
    begun: Instant
    ended: Instant | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return self.state == "done" and all(check.outcome in ("passed", "warned") for check in self.checks)
