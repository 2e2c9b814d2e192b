"""Workers that said they are alive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class WorkerRow(RowBase, table=True):
    __tablename__ = "worker"

    id: str = Field(primary_key=True, sa_type=Text)
    seen: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


workers = table_of(WorkerRow)
