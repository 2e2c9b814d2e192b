"""Check reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class CheckReportRow(RowBase, table=True):
    __tablename__ = "check_report"

    id: str = Field(primary_key=True, sa_type=Text)
    run_id: str | None = Field(None, index=True, sa_type=Text)
    verdict: str = Field(sa_type=Text)
    made: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


check_reports = table_of(CheckReportRow)
