"""Small request bodies that have no value in the model: what a path does not already say."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.identity import Role


class Reason(Value):
    """Why something is done; it is kept in the audit trail."""

    reason: str = Field(min_length=1, max_length=2000, examples=["Replaced by network.movements."])


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
