"""How often each column was read on a day."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class UsageColumnRow(RowBase, table=True):
    __tablename__ = "usage_column"

    product_id: str = Field(primary_key=True, foreign_key="product.id", sa_type=Text)
    day: str = Field(primary_key=True, sa_type=Text)
    port: str = Field(primary_key=True, sa_type=Text)
    column: str = Field(primary_key=True, sa_type=Text)
    """Empty when all of them were read."""
    reads: int = Field(sa_type=BigInteger)


usage_columns = table_of(UsageColumnRow)
