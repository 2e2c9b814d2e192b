"""Files of ports, each with the release that added it and the one that removed it.

The files of release n are those with added_in <= n and (removed_in is null or removed_in > n): a publication writes
only what it changes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Row, UniqueConstraint
from sqlmodel import Field

from mesh_workbench.model.release import PortFile
from mesh_workbench.registry.column_types import Moment, Text
from mesh_workbench.registry.tables.base import RowBase, table_of


class PortFileRow(RowBase, table=True):
    __tablename__ = "port_file"
    __table_args__ = (
        UniqueConstraint("port_id", "major", "path", "added_in"),
        Index(None, "port_id", "major", "removed_in"),
    )

    id: int | None = Field(default=None, primary_key=True)
    port_id: str = Field(foreign_key="port.id", sa_type=Text)
    major: int
    path: str = Field(sa_type=Text)
    size: int = Field(sa_type=BigInteger)
    rows: int = Field(sa_type=BigInteger)
    slot: str | None = Field(None, sa_type=Text)
    slot_end: datetime | None = Field(None, sa_type=Moment)
    slot_timezone: str | None = Field(None, sa_type=Text)
    run_id: str = Field(sa_type=Text)
    added_in: int
    removed_in: int | None = None


port_files = table_of(PortFileRow)


def file_of(row: Row[Any]) -> PortFile:
    """The file that a row is about."""
    return PortFile.model_validate({name: getattr(row, name) for name in PortFile.model_fields})
