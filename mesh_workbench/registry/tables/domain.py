"""Domains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class DomainRow(RowBase, table=True):
    __tablename__ = "domain"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(unique=True, sa_type=Text)
    created: datetime = Field(sa_type=Moment)
    paused: bool = False
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


domains = table_of(DomainRow)
