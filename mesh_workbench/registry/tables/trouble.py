"""Trouble that lasts: at most one of a kind and product, and the database itself sees to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class TroubleRow(RowBase, table=True):
    __tablename__ = "trouble"
    __table_args__ = (UniqueConstraint("product_id", "kind"),)

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    kind: str = Field(index=True, sa_type=Text)
    reminders: int = 0
    remind: datetime | None = Field(None, index=True, sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


troubles = table_of(TroubleRow)
