"""Who finds a notice in the list in JupyterLab, why, and whether it was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class NoticeReaderRow(RowBase, table=True):
    __tablename__ = "notice_reader"
    __table_args__ = (Index(None, "identity", "notice_id"),)

    notice_id: str = Field(primary_key=True, foreign_key="notice.id", sa_type=Text)
    identity: str = Field(primary_key=True, sa_type=Text)
    why: str = Field("", sa_type=Text)
    read: datetime | None = Field(None, sa_type=Moment)


notice_readers = table_of(NoticeReaderRow)
