"""Promotion: from a notebook document to a product version."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.breaking import BreakingChange, BreakingPlan
from mesh_workbench.model.contract import ContractProposal, ContractView
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.product import Product
from mesh_workbench.model.run import Run
from mesh_workbench.model.schedule import ScheduleDraft, SchedulePreview
from mesh_workbench.model.subscription import Recipient
from mesh_workbench.model.version import Bump, ProductVersion


class PromotionRequest(Value):
    """What one says to promote a notebook. The notebook is the document itself, never a path."""

    notebook: str = Field(description="The notebook as JSON text, unsaved edits included.")
    to: str = Field(description="domain.product", examples=["insights.daily_delays"])
    folder: str | None = Field(
        None,
        description="Folder of the notebook, absolute or relative to the workbench's: runs work there when it is "
        "inside that one. Null for none.",
        examples=["notebooks"],
    )
    limits: RunLimits | None = Field(None, description="What a run may use; as the newest version has it when null.")
    contracts: dict[str, str] = Field(
        default_factory=dict, description="Port name to ODCS text; a port without one gets an inferred one."
    )
    title: str = ""
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    bump: Bump | None = Field(None, description="Raise the computed bump; it is never lowered.")
    schedule: ScheduleDraft | None = None
    note: str = ""
    sunset: Instant | None = Field(
        None, description="Until when the old major version can be read, when a new one comes; 90 days when null."
    )
    override: str = Field(
        "",
        max_length=2000,
        description="Why a breaking change is promoted although not all consumers have acknowledged it; for owners.",
    )
    run: bool = Field(False, description="Whether to request the first run at once.")
    expected_version: str | None = Field(
        None, description="Version that the asker saw in the plan; a conflict when another came meanwhile."
    )
    create_domain: bool = Field(False, description="Whether to create the domain when it does not exist.")


class StandingRequest(Value):
    """Which notebook is compared with which product."""

    notebook: str = Field(description="The notebook as JSON text, unsaved edits included.")
    to: str = Field(description="domain.product", examples=["insights.daily_delays"])
    folder: str | None = Field(None, description="Folder of the notebook, as for promoting it; null when not known.")


class Standing(Value):
    """Whether a notebook, and what it needs from its folder, is that of the newest version of a product."""

    status: Literal["new", "changed", "unchanged"] = Field(description="`new` when the product has no version.")
    version: str | None = Field(None, description="The newest version.", examples=["1.2.0"])
    digest: str = Field(description="Digest of the notebook's meaning, to compare with that of later versions.")
    changes: list[str] = Field(default_factory=list, description="What differs, in words; empty when nothing does.")
    files: bool = Field(
        False, description="Whether files of the folder are part of that version: its digest alone does not tell then."
    )


class PromotionPlan(Value):
    """What promoting would do; nothing is stored."""

    to: str
    status: Literal["new", "changed", "unchanged"]
    current_version: str | None = None
    next_version: str
    bump: Bump | None = None
    bump_reason: str = ""
    difference: VersionDifference | None = Field(
        None, description="What is otherwise than in the current version; null when there is none."
    )
    breaking: BreakingPlan | None = Field(
        None, description="What a new major version breaks; null when none is needed."
    )
    analysis: NotebookAnalysis
    contracts: dict[str, ContractView] = Field(default_factory=dict, description="Existing or given contracts by port.")
    proposals: dict[str, ContractProposal] = Field(
        default_factory=dict, description="Contracts proposed from staged data, by port."
    )
    undecided_ports: list[str] = Field(
        default_factory=list, description="Ports whose contract will be inferred at the first run."
    )
    steps: list[str] = Field(default_factory=list, description="What will happen, in words, in order.")
    schedule: SchedulePreview | None = Field(
        None, description="The schedule that was asked for, in words with its next times; null for none."
    )
    told: list[Recipient] = Field(
        default_factory=list, description="Who is told when a run fails, is late or breaks the contract."
    )
    review: str = Field(
        "",
        description="Which approvals it waits for before it holds, in words; empty when it holds at once.",
        examples=["2 approvals by domain owner or governance"],
    )
    may_promote: bool = True
    blocked: str = Field("", description="Why it cannot be promoted, when it cannot.")


class Promotion(Value):
    """What promoting did."""

    product: Product
    version: ProductVersion
    created: bool = Field(description="False when nothing had changed.")
    breaking: BreakingChange | None = Field(None, description="What it broke, and whom; null when nothing.")
    run: Run | None = None
