"""Domains: who owns products."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.identity import Member
from mesh_workbench.model.names import Name
from mesh_workbench.model.pause import Pause
from mesh_workbench.model.review import ReviewRule


class DomainDraft(Value):
    """What one says to create a domain."""

    name: Name
    title: str = Field("", max_length=200, examples=["Flight operations"])
    description: str = Field("", max_length=10_000, examples=["Everything that leaves or lands."])
    owner: str = Field("", description="Identity that owns it; who creates it when empty.", examples=["ana"])
    parent: Name | None = Field(None, description="Domain from which owner, policy and access are inherited.")


class Domain(Value):
    """A domain: it owns products and has an owner and members with roles."""

    id: str = Field(examples=["dom_01k9…"])
    name: Name
    title: str = ""
    description: str = ""
    owner: str
    parent: Name | None = None
    created: Instant
    products: int = Field(0, description="How many products it has, retired ones not counted.")
    pause: Pause | None = Field(None, description="Why none of its schedules fires; null when they do.")
    review: ReviewRule | None = Field(
        None, description="Who approves what is promoted into it; null: as the domain above says, else nobody."
    )
    revision: int = Field(1, description="Counts edits; the ETag of the domain.")


class DomainDetail(Domain):
    """A domain with its members."""

    members: list[Member] = Field(default_factory=list)
