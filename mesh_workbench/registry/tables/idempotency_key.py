"""Idempotency keys of requested runs: asking twice with one key gives the same run."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class IdempotencyKeyRow(RowBase, table=True):
    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True, sa_type=Text)
    run_id: str = Field(sa_type=Text)
    created: datetime = Field(sa_type=Moment)


idempotency_keys = table_of(IdempotencyKeyRow)
