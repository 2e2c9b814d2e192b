"""Runs. Columns win over the document: state, lease and times change by conditional updates of columns alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, false, text
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of

_WAITS = text("state = 'queued'")


class RunRow(RowBase, table=True):
    __tablename__ = "run"
    __table_args__ = (
        Index(None, "state", "id"),
        Index(None, "product_id", "id"),
        Index("ix_run_ended", "finished", "domain"),
        # All that a claim looks at, so that it reads no row but the one that it takes.
        Index(
            "ix_run_queue",
            "domain",
            "rank",
            "queued",
            "id",
            "product_id",
            "acting_identity",
            "not_before",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    version_id: str = Field(foreign_key="product_version.id", sa_type=Text)
    slot_id: str | None = Field(None, foreign_key="slot.id", index=True, sa_type=Text)
    acting_identity: str = Field(sa_type=Text)
    domain: str = Field(sa_type=Text)
    rank: int
    """Its priority, negated, so that the queue is one index in ascending order."""
    queued: datetime = Field(sa_type=Moment)
    """When somebody last asked for it: of equals, the one that waits longest comes first."""
    not_before: datetime | None = Field(None, sa_type=Moment)
    backfill_id: str | None = Field(None, index=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    attempt: int = 0
    """Number of the newest attempt; 0 before the first."""
    retries: int = 0
    """Attempts that the workbench made by itself since somebody last asked for the run."""
    worker_id: str | None = Field(None, sa_type=Text)
    lease_until: datetime | None = Field(None, sa_type=Moment)
    cancel_requested: bool = False
    created: datetime = Field(sa_type=Moment)
    started: datetime | None = Field(None, sa_type=Moment)
    finished: datetime | None = Field(None, sa_type=Moment)
    untold: bool = Field(False, index=True, sa_column_kwargs={"server_default": false()})
    """Whether it has ended and those who want to know were not told yet."""
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


runs = table_of(RunRow)
