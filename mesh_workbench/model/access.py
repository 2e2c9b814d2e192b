"""Grants, decisions, the audit trail and the log of reads."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value


class Action(StrEnum):
    """Everything that is decided about."""

    DISCOVER = "discover"
    READ = "read"
    RUN = "run"
    PROMOTE = "promote"
    EDIT_PRODUCT = "edit_product"
    SCHEDULE = "schedule"
    CREATE_DOMAIN = "create_domain"
    EDIT_DOMAIN = "edit_domain"
    EDIT_MEMBERS = "edit_members"
    GRANT = "grant"
    MOVE = "move"
    """Call a product otherwise, or give it to another domain; asked in both."""
    REVIEW = "review"
    """Approve what others want to promote."""
    OVERRIDE = "override"
    """Change a product although others depend on it."""
    SEE_AUDIT = "see_audit"
    ADMINISTER = "administer"


class AccessDecision(Value):
    """Whether an identity may do something, and why."""

    allowed: bool
    action: Action
    identity: str
    resource: str = Field(examples=["flight_ops.flights"])
    reason: str = Field(examples=["ana is a producer in flight_ops"])


class Grant(Value):
    """Who may read which port, for which purpose, until when."""

    id: str
    identity: str
    product_id: str
    port: str | None = Field(None, description="Null for all ports.")
    purpose: str = ""
    row_filter: str | None = Field(None, description="SQL condition; rows that do not meet it are hidden.")
    until: Instant | None = None
    granted_by: str
    granted: Instant
    revoked: Instant | None = None


class AuditRecord(Value):
    """One change or decision. Records are only ever appended."""

    id: str
    at: Instant
    actor: str
    action: str = Field(examples=["product.promote"])
    target: str = Field(examples=["insights.daily_delays"])
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class ReadRecord(Value):
    """One read of one port by somebody."""

    id: str
    at: Instant
    identity: str
    product_id: str
    port: str
    release: int
    how: str = Field(description="Door: sql, read, sample, run, api.", examples=["sql"])
    purpose: str = Field("", description="What for, as the reader said.")
    run_id: str | None = None
    columns: list[str] = Field(default_factory=list, description="Columns read; empty means all.")
    rows: int | None = Field(None, description="Rows of the answer; null when the reader took files.")
    bytes: int | None = Field(None, description="Bytes of the answer in memory; null when the reader took files.")
    duration_ms: float = 0.0
