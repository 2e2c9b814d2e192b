"""Deliveries: messages on their way to one address, and what became of them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class DeliveryState(StrEnum):
    """Where a message is. It is tried until it is sent or given up."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Delivery(Value):
    """One message to one identity by one channel. It may arrive twice, always with the same id."""

    id: str = Field(description="Also in the message, so that whoever gets it twice can tell.", examples=["dlv_01k9…"])
    identity: str = Field(description="Whom; empty for the platform.", examples=["ana"])
    channel: str = Field(examples=["email"])
    state: DeliveryState = DeliveryState.WAITING
    due: Instant = Field(description="When it is tried next.")
    attempts: int = Field(0, description="How often it was tried.")
    error: str = Field("", description="Why the last attempt failed.")
    notices: list[str] = Field(default_factory=list, description="Ids of the notices in it, the oldest first.")
    created: Instant
    ended: Instant | None = Field(None, description="When it was sent or given up.")
