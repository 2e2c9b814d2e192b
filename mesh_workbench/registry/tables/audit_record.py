"""The audit trail, only ever appended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class AuditRecordRow(RowBase, table=True):
    __tablename__ = "audit_record"

    id: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    actor: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    target: str = Field(index=True, sa_type=Text)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


audit_records = table_of(AuditRecordRow)
