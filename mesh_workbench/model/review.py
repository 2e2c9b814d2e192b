"""Review: a promotion that others approve before it holds, where a domain asks for it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.identity import Role
from mesh_workbench.model.promotion import PromotionPlan


class ReviewRule(Value):
    """How many people of which roles approve what is promoted into a domain."""

    approvals: int = Field(1, ge=1, le=10, description="How many different people approve.")
    roles: list[Role] = Field(
        default_factory=lambda: [Role.DOMAIN_OWNER],
        min_length=1,
        max_length=5,
        description="Roles of which one is enough; those of a domain above count.",
        examples=[["domain_owner", "governance"]],
    )

    @property
    def words(self) -> str:
        """As a part of a sentence."""
        roles = " or ".join(role.value.replace("_", " ") for role in self.roles)
        return f"{self.approvals} {'approval' if self.approvals == 1 else 'approvals'} by {roles}"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    PROMOTED = "promoted"
    SENT_BACK = "sent_back"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Vote(Value):
    """What one person said to a proposal."""

    by: str = Field(examples=["olga"])
    at: Instant
    approves: bool = Field(description="False sends it back.")
    comment: str = ""


class Proposal(Value):
    """A promotion that waits for approval. Nothing of it is active."""

    id: str = Field(examples=["prp_01k9…"])
    product_id: str
    product: str = Field(description="domain.product", examples=["insights.daily_delays"])
    by: str = Field(description="Who proposes it, and on whose behalf it is promoted.", examples=["ana"])
    note: str = Field("", description="What changed, in the proposer's words.")
    current_version: str | None = Field(None, description="Version that it builds on; null for a new product.")
    next_version: str = Field(description="Version that it would make.")
    blob: str = Field(description="Digest of the whole request as it was made.")
    rule: ReviewRule = Field(description="What the domain asked for when it was proposed.")
    votes: list[Vote] = Field(default_factory=list, description="The last word of each person.")
    state: ProposalState = ProposalState.OPEN
    version: str | None = Field(None, description="Version that it became.")
    created: Instant
    decided: Instant | None = Field(None, description="When it was promoted, sent back, replaced or withdrawn.")
    revision: int = Field(1, description="Counts votes; guards against two at once.")

    @property
    def approvals(self) -> int:
        return sum(vote.approves for vote in self.votes)


class ProposalDetail(Proposal):
    """A proposal with what one needs to decide."""

    plan: PromotionPlan = Field(description="What promoting it does, as it was when it was proposed.")
    cells: list[str] = Field(default_factory=list, description="Sources of the notebook's cells.")
    missing: int = Field(description="Approvals that are still missing.")
    outdated: str = Field("", description="Why it can no longer be promoted; empty when it can.")
    may_decide: bool = Field(description="Whether the asking identity may approve or send back.")
    why_not: str = Field("", description="Why not, when not.")
    may_withdraw: bool = Field(False, description="Whether the asking identity proposed it and may take it back.")
