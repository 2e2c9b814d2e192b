"""Which upstream products a product version reads: the edges of lineage."""

from __future__ import annotations

from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class InputPortRow(RowBase, table=True):
    __tablename__ = "input_port"

    product_version_id: str = Field(primary_key=True, foreign_key="product_version.id", sa_type=Text)
    port: str = Field(primary_key=True, sa_type=Text)
    """As declared: domain.product or domain.product.port."""
    upstream: str = Field(index=True, sa_type=Text)
    """domain.product of it; the product need not exist yet."""


input_ports = table_of(InputPortRow)
