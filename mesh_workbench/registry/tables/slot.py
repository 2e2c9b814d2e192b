"""Slots: what must be decided exactly once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of

_WAITS = text("state = 'due'")


class SlotRow(RowBase, table=True):
    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("product_id", "schedule_key", "start", "parameters_hash"),
        # Few slots wait at a time, and every worker looks for them all the time.
        Index("ix_slot_due", "schedule_key", "start", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    schedule_key: str = Field(sa_type=Text)
    start: datetime = Field(sa_type=Moment)
    end: datetime = Field(sa_type=Moment)
    timezone: str = Field(sa_type=Text)
    parameters_hash: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    document: dict[str, Any] | None = Field(None, sa_type=Document)
    """When it fell due, with which parameters and because of which releases; null for a slot asked for by hand."""


slots = table_of(SlotRow)
