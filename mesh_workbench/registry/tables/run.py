"""Runs. Columns win over the document: state, lease and times change by conditional updates of columns alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class RunRow(RowBase, table=True):
    __tablename__ = "run"
    __table_args__ = (Index(None, "state", "id"), Index(None, "product_id", "id"))

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    version_id: str = Field(foreign_key="product_version.id", sa_type=Text)
    slot_id: str | None = Field(None, foreign_key="slot.id", index=True, sa_type=Text)
    acting_identity: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    attempt: int = 0
    """Number of the newest attempt; 0 before the first."""
    losses: int = 0
    """Attempts that were lost with their worker since somebody last asked for the run."""
    worker_id: str | None = Field(None, sa_type=Text)
    lease_until: datetime | None = Field(None, sa_type=Moment)
    cancel_requested: bool = False
    created: datetime = Field(sa_type=Moment)
    started: datetime | None = Field(None, sa_type=Moment)
    finished: datetime | None = Field(None, sa_type=Moment)
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


runs = table_of(RunRow)
