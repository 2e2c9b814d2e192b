"""Probes: tries to reach what a product offers, one row a product and interval."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class ProbeRow(RowBase, table=True):
    __tablename__ = "probe"

    product_id: str = Field(primary_key=True, foreign_key="product.id", sa_type=Text)
    interval: datetime = Field(primary_key=True, sa_type=Moment)
    """Beginning of the interval: of several workers the first one's answer counts."""
    reached: bool
    reason: str = Field("", sa_type=Text)
    """Why it was not reached."""


probes = table_of(ProbeRow)
