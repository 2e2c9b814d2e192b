"""Names that products had before: each leads to its product until another one takes it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class FormerNameRow(RowBase, table=True):
    __tablename__ = "former_name"

    full_name: str = Field(primary_key=True, sa_type=Text)
    product_id: str = Field(foreign_key="product.id", index=True, sa_type=Text)
    since: datetime = Field(sa_type=Moment)


former_names = table_of(FormerNameRow)
