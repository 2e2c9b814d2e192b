"""Reads of a day, added up: they stay when the log of reads is cut."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from mesh_workbench.registry.column_types import Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class UsageDayRow(RowBase, table=True):
    __tablename__ = "usage_day"

    product_id: str = Field(primary_key=True, foreign_key="product.id", sa_type=Text)
    day: str = Field(primary_key=True, sa_type=Text)
    """As 2013-01-31, in UTC."""
    port: str = Field(primary_key=True, sa_type=Text)
    identity: str = Field(primary_key=True, sa_type=Text)
    consumer_id: str = Field("", primary_key=True, sa_type=Text)
    """Product whose runs read it; empty when the identity read it directly."""
    how: str = Field(primary_key=True, sa_type=Text)
    purpose: str = Field("", primary_key=True, sa_type=Text)
    reads: int = Field(sa_type=BigInteger)
    rows: int = Field(sa_type=BigInteger)
    bytes: int = Field(sa_type=BigInteger)
    duration_ms: float


usage_days = table_of(UsageDayRow)
