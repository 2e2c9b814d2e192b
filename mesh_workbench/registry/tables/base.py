"""What all tables share: one metadata, names for constraints, and the version of documents."""

from __future__ import annotations

from typing import cast

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

DOCUMENT_VERSION = 1
"""Version of the shape of JSON documents, written beside each."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class RowBase(SQLModel):
    """Base of every row: the few columns one filters and sorts by, beside the document of the value."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(row: type[RowBase]) -> Table:
    """The table of a row class, for statements."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]
