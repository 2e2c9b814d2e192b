"""Subscriptions, one an identity and target."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class SubscriptionRow(RowBase, table=True):
    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("identity", "target"),)

    id: str = Field(primary_key=True, sa_type=Text)
    identity: str = Field(sa_type=Text)
    target: str = Field(index=True, sa_type=Text)
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


subscriptions = table_of(SubscriptionRow)
