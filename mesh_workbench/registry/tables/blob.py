"""Content-addressed bytes: contracts and notebooks, verbatim."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class BlobRow(RowBase, table=True):
    __tablename__ = "blob"

    digest: str = Field(primary_key=True, sa_type=Text)
    size: int
    created: datetime = Field(sa_type=Moment)
    content: bytes = Field(sa_type=LargeBinary)


blobs = table_of(BlobRow)
