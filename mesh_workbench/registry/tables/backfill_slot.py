"""Slots of backfills, in the order in which they run."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class BackfillSlotRow(RowBase, table=True):
    __tablename__ = "backfill_slot"

    backfill_id: str = Field(primary_key=True, foreign_key="backfill.id", sa_type=Text)
    position: int = Field(primary_key=True)
    start: datetime = Field(sa_type=Moment)
    end: datetime = Field(sa_type=Moment)
    timezone: str = Field(sa_type=Text)
    skipped: str = Field("", sa_type=Text)
    """Why it never runs."""
    run_id: str | None = Field(None, index=True, foreign_key="run.id", sa_type=Text)


backfill_slots = table_of(BackfillSlotRow)
