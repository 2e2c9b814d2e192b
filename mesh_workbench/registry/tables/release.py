"""Releases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class ReleaseRow(RowBase, table=True):
    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        Index(None, "product_id", "published"),
        Index(None, "product_id", "slot"),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    number: int
    major: int
    beside: bool = Field(False, sa_column_kwargs={"server_default": false()})
    """Whether it is of another major version than the current one."""
    slot: str | None = Field(None, sa_type=Text)
    run_id: str = Field(index=True, sa_type=Text)
    published: datetime = Field(sa_type=Moment)
    removed: datetime | None = Field(None, sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


releases = table_of(ReleaseRow)
