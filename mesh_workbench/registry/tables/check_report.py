"""Check reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class CheckReportRow(RowBase, table=True):
    __tablename__ = "check_report"
    __table_args__ = (Index(None, "product_id", "id"),)

    id: str = Field(primary_key=True, sa_type=Text)
    product_id: str | None = Field(None, sa_type=Text)
    """Product of the run."""
    run_id: str | None = Field(None, index=True, sa_type=Text)
    verdict: str = Field(sa_type=Text)
    made: datetime = Field(sa_type=Moment)
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


check_reports = table_of(CheckReportRow)
