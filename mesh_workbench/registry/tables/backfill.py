"""Backfills."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class BackfillRow(RowBase, table=True):
    __tablename__ = "backfill"

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", index=True, sa_type=Text)
    state: str = Field(index=True, sa_type=Text)
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


backfills = table_of(BackfillRow)
