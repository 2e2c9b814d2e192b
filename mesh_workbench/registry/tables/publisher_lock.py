"""The lock of each product's publisher. The fence only ever grows, and the row stays when the lock is released."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class PublisherLockRow(RowBase, table=True):
    __tablename__ = "publisher_lock"

    product_id: str = Field(primary_key=True, foreign_key="product.id", sa_type=Text)
    fence: int
    holder: str | None = Field(None, sa_type=Text)
    lease_until: datetime | None = Field(None, sa_type=Moment)


publisher_locks = table_of(PublisherLockRow)
