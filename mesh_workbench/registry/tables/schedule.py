"""Schedules, one a product."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class ScheduleRow(RowBase, table=True):
    __tablename__ = "schedule"

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", unique=True, sa_type=Text)
    paused: bool = False
    next_fire: datetime | None = Field(None, index=True, sa_type=Moment)
    waiting_since: datetime | None = Field(None, sa_type=Moment)
    """When the first of the releases came that it has not acted on; null when none waits."""
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


schedules = table_of(ScheduleRow)
