"""From which releases a release was made."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class LineageEdgeRow(RowBase, table=True):
    __tablename__ = "lineage_edge"
    __table_args__ = (Index(None, "upstream_id", "product_id", "number"), Index(None, "product_id", "number"))

    release_id: str = Field(primary_key=True, foreign_key="release.id", sa_type=Text)
    upstream_id: str = Field(primary_key=True, foreign_key="product.id", sa_type=Text)
    port: str = Field(primary_key=True, sa_type=Text)
    """Port of the upstream product."""
    upstream_release: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    upstream_version: str = Field(sa_type=Text)
    product_id: str = Field(foreign_key="product.id", sa_type=Text)
    """Product of the release, and the number of it."""
    number: int
    columns_blob: str | None = Field(None, sa_type=Text)
    """Digest of what each of its columns was made from (`model.lineage.TableLineage` by port); null when unknown."""


lineage_edges = table_of(LineageEdgeRow)
