"""Proposals. At most one of a product is open, and the database itself sees to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of

_OPEN = text("state = 'open'")


class ProposalRow(RowBase, table=True):
    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_open", "product_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "state", "id"),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    state: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


proposals = table_of(ProposalRow)
