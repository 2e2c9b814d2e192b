"""Grants. The table is not called `grant`, which is a word of SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class GrantRow(RowBase, table=True):
    __tablename__ = "access_grant"
    __table_args__ = (Index(None, "product_id", "identity"),)

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    identity: str = Field(sa_type=Text)
    until: datetime | None = Field(None, sa_type=Moment)
    revoked: datetime | None = Field(None, sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


grants = table_of(GrantRow)
