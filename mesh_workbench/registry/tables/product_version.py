"""Product versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class ProductVersionRow(RowBase, table=True):
    __tablename__ = "product_version"
    __table_args__ = (UniqueConstraint("product_id", "version"), UniqueConstraint("product_id", "rank"))

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    version: str = Field(sa_type=Text)
    rank: int = Field(sa_type=BigInteger)
    """major.minor.patch as one number, by which versions sort."""
    promoted: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


product_versions = table_of(ProductVersionRow)
