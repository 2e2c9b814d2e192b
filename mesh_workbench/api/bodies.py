"""Small request bodies that have no value in the model: what a path does not already say."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.identity import Role
from mesh_workbench.model.review import ReviewRule


class Reason(Value):
    """Why something is done; it is kept in the audit trail."""

    reason: str = Field(min_length=1, max_length=2000, examples=["Replaced by network.movements."])


class Deprecation(Reason):
    """Why one should not read a product any more, until when one can, and what to read instead."""

    until: Instant | None = Field(None, description="When reading ends; null for no date.")
    successor: str | None = Field(
        None, max_length=127, description="Product to read instead.", examples=["network.movements"]
    )


class MovedSunset(Reason):
    """Until when an older major version can be read."""

    until: Instant = Field(description="When reading ends.")


class RollbackRequest(Reason):
    """What to go back to: exactly one of the two."""

    release: int | None = Field(None, ge=1, le=2**31 - 1, description="Number of the release to bring back.")
    version: str | None = Field(
        None, max_length=32, description="Version to bring back, with its newest release.", examples=["1.1.0"]
    )


class Renaming(Reason):
    """What to call a product, and why."""

    to: str = Field(max_length=127, description="domain.product", examples=["network.movements"])


class Retirement(Reason):
    """Why a product ends."""

    force: bool = Field(False, description="Whether to end it although other products read it; owners may.")


class Comment(Value):
    """What one has to say."""

    comment: str = Field("", max_length=5000, examples=["Good; the new column is what we waited for."])


class ReviewSetting(Value):
    """Who approves what is promoted into a domain."""

    rule: ReviewRule | None = Field(None, description="Null for nobody.")


class Note(Value):
    """What one has to say to it."""

    note: str = Field("", max_length=2000, examples=["We move to version 2 next week."])


class RoleDraft(Value):
    """The role to give."""

    role: Role = Field(examples=["producer"])


class ContractText(Value):
    """A contract document to look at."""

    text: str = Field(max_length=5_000_000, description="ODCS document.", examples=["apiVersion: v3.1.0\n"])


class GrantDraft(Value):
    """Whom to let read, for what, until when."""

    identity: str = Field(min_length=1, max_length=255, examples=["rita"])
    purpose: str = Field("", max_length=2000, examples=["Quarterly report"])
    until: Instant | None = Field(None, description="For ever when null.")


class NoticeIds(Value):
    """Which notices."""

    ids: list[str] | None = Field(
        None, max_length=1000, description="Their ids; all that one was told for null.", examples=[["ntc_01k9…"]]
    )


class MuteDraft(Value):
    """For how long."""

    until: Instant | None = Field(None, description="Until when; null for as long as nobody unmutes it.")
