"""Publications. At most one of a product is unfinished, and the database itself sees to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of

_UNFINISHED = text("state = 'prepared'")


class PublicationRow(RowBase, table=True):
    __tablename__ = "publication"
    __table_args__ = (
        Index(
            "ix_publication_unfinished",
            "product_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    run_id: str = Field(index=True, sa_type=Text)
    fence: int
    state: str = Field(sa_type=Text)
    prepared: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


publications = table_of(PublicationRow)
