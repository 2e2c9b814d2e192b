"""What the repositories share: their database, and how a value becomes a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mesh_workbench.model.base import Value
from mesh_workbench.registry.database import Database

_BATCH = 5_000
"""Ids in one statement: SQLite binds 32,766 values at most."""


class Repository:
    """Reads and writes the rows of one noun. Every method joins the open transaction or makes its own."""

    def __init__(self, database: Database) -> None:
        self._db = database


def document_of(value: Value, *without: str) -> dict[str, Any]:
    """The JSON document of `value`; fields in `without` live in tables or columns of their own."""
    return value.model_dump(mode="json", exclude=set(without))


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """`ids` in portions that fit into one statement."""
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
