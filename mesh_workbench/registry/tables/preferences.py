"""How identities want to be told. References to secrets, never secrets."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field

from mesh_workbench.registry.column_types import Document, Text
from mesh_workbench.registry.tables.base import DOCUMENT_VERSION, RowBase, table_of


class PreferencesRow(RowBase, table=True):
    __tablename__ = "preferences"

    identity: str = Field(primary_key=True, sa_type=Text)
    revision: int = 1
    schema_version: int = DOCUMENT_VERSION
    document: dict[str, Any] = Field(sa_type=Document)


preferences = table_of(PreferencesRow)
