"""What retention removed of runs, so that nobody has to wonder where it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class RemovalRow(RowBase, table=True):
    __tablename__ = "removal"

    run_id: str = Field(primary_key=True, foreign_key="run.id", sa_type=Text)
    kind: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    reason: str = Field(sa_type=Text)
    bytes: int = Field(sa_type=BigInteger)


removals = table_of(RemovalRow)
