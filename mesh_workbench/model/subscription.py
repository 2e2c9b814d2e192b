"""Subscriptions: who wants to be told what about a product or a domain, and by which channels."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.notice import NoticeKind

IN_LAB = "lab"
"""The channel that needs no address: the list of notices in JupyterLab."""


class SubscriptionDraft(Value):
    """What one says to subscribe."""

    events: list[NoticeKind] = Field(
        default_factory=lambda: list(NoticeKind),
        max_length=10,
        description="What to be told; all kinds when not given.",
    )
    channels: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="By which channels; empty means all that one has an address for.",
        examples=[["lab", "email"]],
    )


class Subscription(SubscriptionDraft):
    """What one identity wants to be told about a product or a whole domain."""

    id: str = Field(examples=["sub_01k9…"])
    identity: str = Field(examples=["ana"])
    target: str = Field(description="domain.product, or a domain.", examples=["flight_ops.flights", "flight_ops"])
    muted: bool = Field(False, description="Whether nothing is told for now.")
    muted_until: Instant | None = Field(None, description="Until when; null until it is unmuted.")
    created: Instant
    revision: int = 1

    def silent(self, moment: Instant) -> bool:
        """Whether it is muted at `moment`."""
        return self.muted and (self.muted_until is None or self.muted_until > moment)


class Told(Value):
    """Whether and why an identity is told about a product or a domain."""

    identity: str
    target: str
    why: str = Field("", description="Empty when nothing is told.", examples=["you own the product"])
    events: list[NoticeKind] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list, description="By which; empty means all.")
    muted: bool = False
    muted_until: Instant | None = None
    subscription: Subscription | None = Field(None, description="The subscription to exactly this target.")


class Audience(Value):
    """Who will be told, settled before it happens: somebody else may have to end what was begun."""

    people: list[Told]
    platform: list[str] = Field(default_factory=list, description="Channels by which the platform is told.")
    after_s: float = Field(0, description="How long messages wait for others to go with them.")


class Recipient(Value):
    """Somebody who is told about a product, as others see it."""

    identity: str = Field(description="Empty for the addresses that the workbench tells about every product.")
    why: str = Field(examples=["owner of the product", "domain owner in fleet", "subscribed to fleet.planes"])
    events: list[NoticeKind] = Field(default_factory=list)
    muted: bool = Field(False, description="Whether they want to hear nothing for now.")
