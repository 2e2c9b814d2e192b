"""Decisions about slots, only ever appended."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class SlotDecisionRow(RowBase, table=True):
    __tablename__ = "slot_decision"

    id: int | None = Field(default=None, primary_key=True)
    slot_id: str = Field(foreign_key="slot.id", index=True, sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    state: str = Field(sa_type=Text)
    reason: str = Field("", sa_type=Text)
    run_id: str | None = Field(None, sa_type=Text)
    by: str = Field("", sa_type=Text)


slot_decisions = table_of(SlotDecisionRow)
