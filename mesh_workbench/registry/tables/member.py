"""Members: roles of identities, in a domain or on the platform."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of

PLATFORM = ""
"""Domain of a platform role: unique keys do not hold for nulls."""


class MemberRow(RowBase, table=True):
    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("domain", "identity", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    domain: str = Field(sa_type=Text)
    identity: str = Field(index=True, sa_type=Text)
    role: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=Moment)


members = table_of(MemberRow)
