"""Breaking changes that consumers were told of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class BreakingChangeRow(RowBase, table=True):
    __tablename__ = "breaking_change"

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", index=True, sa_type=Text)
    since: str = Field(sa_type=Text)
    """The version that it changes."""
    announced: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


breaking_changes = table_of(BreakingChangeRow)
