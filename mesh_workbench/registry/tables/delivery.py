"""Deliveries: the outbox. `gathering` is set while more notices may join, and at most once for an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class DeliveryRow(RowBase, table=True):
    __tablename__ = "delivery"
    __table_args__ = (Index(None, "state", "due"), Index(None, "identity", "id"))

    id: str = Field(primary_key=True, sa_type=Text)
    identity: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    gathering: str | None = Field(None, unique=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    due: datetime = Field(sa_type=Moment)
    attempts: int = 0
    error: str = Field("", sa_type=Text)
    lease_until: datetime | None = Field(None, sa_type=Moment)
    created: datetime = Field(sa_type=Moment)
    ended: datetime | None = Field(None, sa_type=Moment)


deliveries = table_of(DeliveryRow)
