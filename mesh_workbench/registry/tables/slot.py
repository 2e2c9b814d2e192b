"""Slots: what must be decided exactly once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class SlotRow(RowBase, table=True):
    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("product_id", "schedule_key", "start", "parameters_hash"),)

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    schedule_key: str = Field(sa_type=Text)
    start: datetime = Field(sa_type=Moment)
    end: datetime = Field(sa_type=Moment)
    timezone: str = Field(sa_type=Text)
    parameters_hash: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)


slots = table_of(SlotRow)
