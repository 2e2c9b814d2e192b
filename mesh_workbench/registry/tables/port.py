"""Output ports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class PortRow(RowBase, table=True):
    __tablename__ = "port"
    __table_args__ = (UniqueConstraint("product_id", "name"), UniqueConstraint("product_id", "position"))

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    name: str = Field(sa_type=Text)
    position: int
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


ports = table_of(PortRow)
