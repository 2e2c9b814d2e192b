"""The log of reads, only ever appended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class ReadRow(RowBase, table=True):
    __tablename__ = "read_log"
    __table_args__ = (Index(None, "product_id", "at"), Index(None, "at"))

    id: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    identity: str = Field(sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    purpose: str = Field("", sa_type=Text, sa_column_kwargs={"server_default": ""})
    run_id: str | None = Field(None, index=True, sa_type=Text)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


read_log = table_of(ReadRow)
