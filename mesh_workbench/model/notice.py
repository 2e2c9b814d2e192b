"""Notices: what people are told about their products, and the trouble that they are told about."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class NoticeKind(StrEnum):
    """What there is to tell."""

    FAILED = "failed"
    LATE = "late"
    BREACHED = "breached"
    RECOVERED = "recovered"
    CHANGED = "changed"
    REVIEW = "review"
    BREAKING = "breaking"


class Trouble(Value):
    """Something that is wrong with a product, for as long as it lasts; a product has at most one of a kind."""

    id: str = Field(examples=["trb_01k9…"])
    product_id: str
    kind: NoticeKind
    since: Instant = Field(description="Since when it is so.")
    text: str = Field(description="What is wrong, without a value of any row.")
    run_id: str | None = Field(None, description="The newest run that ended so.")
    runs: int = Field(0, description="How many runs ended so while it lasts.")
    reminders: int = Field(0, description="How often it was told again.")
    remind: Instant | None = Field(None, description="When it is told again; null for never.")


class Notice(Value):
    """Something that people are told. Its text carries names and counts, never a value of any row."""

    id: str = Field(examples=["ntc_01k9…"])
    kind: NoticeKind
    product_id: str
    product: str = Field(examples=["flight_ops.flights"])
    run_id: str | None = Field(None, description="The run that it is about.")
    change_id: str | None = Field(None, description="The breaking change that it is about, to be acknowledged.")
    text: str = Field(examples=["Its notebook failed in cell 4 with ZeroDivisionError. Release 12 stays."])
    since: Instant = Field(description="Since when it is so.")
    at: Instant = Field(description="When it was told.")
    reminder: int = Field(0, description="0 when it is told first, then the number of the reminder.")
    runs: int = Field(0, description="How many runs ended so while it lasts.")
    why: str = Field("", description="Why whoever asks is told.", examples=["you own the product"])
    read: Instant | None = Field(None, description="When whoever asks has read it.")


class Sweep(Value):
    """What looking for something to tell came to."""

    told: int = Field(description="Notices that were made.")
    tried: int = Field(description="Messages that were sent, or tried.")


class NoticeSummary(Value):
    """What one needs to know to decide whether to look at the list."""

    unread: int
    newest: str | None = Field(None, description="Id of the newest notice.")
    undelivered: int = Field(
        0, description="Messages to the asking identity that were given up in the last seven days."
    )
