"""Notices. The key makes one of what several workers find at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class NoticeRow(RowBase, table=True):
    __tablename__ = "notice"

    id: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(unique=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", index=True, sa_type=Text)
    at: datetime = Field(index=True, sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


notices = table_of(NoticeRow)
