"""What workers do now and then, one of them for all."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class ChoreRow(RowBase, table=True):
    __tablename__ = "chore"

    name: str = Field(primary_key=True, sa_type=Text)
    due: datetime = Field(sa_type=Moment)


chores = table_of(ChoreRow)
