"""Products."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class ProductRow(RowBase, table=True):
    __tablename__ = "product"

    id: str = Field(primary_key=True, sa_type=Text)
    full_name: str = Field(unique=True, sa_type=Text)
    domain: str = Field(foreign_key="domain.name", index=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)
    fresh_until: datetime | None = Field(None, index=True, sa_type=Moment)
    """As in the current release: one looks for what has passed."""
    revision: int = 1
    search_text: str = Field("", sa_type=Text)
    """What search looks at: folded, a value a line."""
    search_source: str = Field("", sa_type=Text)
    """The same lines as they were written, each with its label."""
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


products = table_of(ProductRow)
