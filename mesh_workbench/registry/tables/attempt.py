"""Attempts of runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class AttemptRow(RowBase, table=True):
    __tablename__ = "attempt"

    run_id: str = Field(primary_key=True, foreign_key="run.id", sa_type=Text)
    number: int = Field(primary_key=True)
    worker: str = Field("", sa_type=Text)
    acting_identity: str = Field("", sa_type=Text)
    state: str = Field(sa_type=Text)
    started: datetime = Field(sa_type=Moment)
    finished: datetime | None = Field(None, sa_type=Moment)
    failure: dict[str, Any] | None = Field(None, sa_type=Document)


attempts = table_of(AttemptRow)
