"""Breaking changes, and who has acknowledged them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mesh_workbench.model.base import Page
from mesh_workbench.model.breaking import BreakingChange
from mesh_workbench.model.consumer import Acknowledgement, Consumer
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.acknowledgement import acknowledgements
from mesh_workbench.registry.tables.breaking_change import breaking_changes


class BreakingChanges(Repository):
    """What consumers were told of, announced or promoted."""

    def add(self, change: BreakingChange) -> None:
        """Record that consumers are told of a change."""
        row = {name: getattr(change, name) for name in ("id", "product_id", "since", "announced")}
        with self._db.write() as connection:
            connection.execute(insert(breaking_changes).values(**row, document=_document(change)))

    def update(self, change: BreakingChange) -> None:
        """Store what became of it; acknowledgements stay as they are."""
        statement = update(breaking_changes).where(breaking_changes.c.id == change.id)
        with self._db.write() as connection:
            connection.execute(statement.values(document=_document(change)))

    def get(self, change_id: str) -> BreakingChange | None:
        """The change with this id, or None."""
        with self._db.read() as connection:
            rows = connection.execute(select(breaking_changes).where(breaking_changes.c.id == change_id)).all()
            found = _changes(connection, rows)
        return found[0] if found else None

    def announced(self, product_id: str, since: str) -> list[BreakingChange]:
        """Changes of this version that are announced and not promoted, the newest first."""
        statement = (
            select(breaking_changes)
            .where(breaking_changes.c.product_id == product_id, breaking_changes.c.since == since)
            .order_by(breaking_changes.c.id.desc())
        )
        with self._db.read() as connection:
            found = _changes(connection, connection.execute(statement).all())
        return [change for change in found if change.promoted is None]

    def acknowledge(self, change_id: str, consumers: Sequence[Consumer], said: Acknowledgement) -> None:
        """Record that consumers have acknowledged a change; who has already, stays so."""
        with self._db.write() as connection:
            for consumer in consumers:
                row = {"change_id": change_id, "consumer": _key(consumer), **said.model_dump()}
                self._db.insert_new(connection, acknowledgements, row)

    def list(self, product_id: str, cursor: str | None = None, limit: int = 50) -> Page[BreakingChange]:
        """Changes of a product, the newest first."""
        with self._db.read() as connection:
            return page(
                connection,
                select(breaking_changes).where(breaking_changes.c.product_id == product_id),
                breaking_changes.c.id,
                lambda rows: _changes(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _document(change: BreakingChange) -> dict[str, Any]:
    plain = [consumer.model_copy(update={"acknowledged": None}) for consumer in change.consumers]
    return document_of(change.model_copy(update={"consumers": plain}))


def _key(consumer: Consumer) -> str:
    return f"{consumer.kind} {consumer.name}"


def _changes(connection: Connection, rows: Sequence[Row[Any]]) -> list[BreakingChange]:
    statement = select(acknowledgements).where(acknowledgements.c.change_id.in_([row.id for row in rows]))
    said = {
        (row.change_id, row.consumer): Acknowledgement(by=row.by, at=row.at, note=row.note)
        for row in connection.execute(statement)
    }
    found = []
    for row in rows:
        change = BreakingChange.model_validate(row.document)
        consumers = [
            consumer.model_copy(update={"acknowledged": said.get((change.id, _key(consumer)))})
            for consumer in change.consumers
        ]
        found.append(change.model_copy(update={"consumers": consumers}))
    return found
