"""Which contract a product version attaches to which port."""

from __future__ import annotations

from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class ContractRow(RowBase, table=True):
    __tablename__ = "contract"

    product_version_id: str = Field(primary_key=True, foreign_key="product_version.id", sa_type=Text)
    port: str = Field(primary_key=True, sa_type=Text)
    blob: str = Field(foreign_key="blob.digest", index=True, sa_type=Text)


contracts = table_of(ContractRow)
