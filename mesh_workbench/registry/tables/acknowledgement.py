"""Which consumers have acknowledged a breaking change."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class AcknowledgementRow(RowBase, table=True):
    __tablename__ = "acknowledgement"

    change_id: str = Field(primary_key=True, foreign_key="breaking_change.id", sa_type=Text)
    consumer: str = Field(primary_key=True, sa_type=Text)
    """Kind and name: `person rita`, `product insights.delays`."""
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    note: str = Field("", sa_type=Text)


acknowledgements = table_of(AcknowledgementRow)
