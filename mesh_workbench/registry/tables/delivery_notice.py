"""Which notices a delivery holds."""

from __future__ import annotations

from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class DeliveryNoticeRow(RowBase, table=True):
    __tablename__ = "delivery_notice"

    delivery_id: str = Field(primary_key=True, foreign_key="delivery.id", sa_type=Text)
    notice_id: str = Field(primary_key=True, foreign_key="notice.id", index=True, sa_type=Text)


delivery_notices = table_of(DeliveryNoticeRow)
