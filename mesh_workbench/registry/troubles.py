"""Trouble that lasts. Which of several workers opens, repeats or ends it is decided by the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from mesh_workbench.model.notice import NoticeKind, Trouble
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.trouble import troubles


class Troubles(Repository):
    """What is wrong now."""

    def open(self, trouble: Trouble) -> bool:
        """Record trouble. False when the product has trouble of that kind already; then nothing changes."""
        row = {"id": trouble.id, "product_id": trouble.product_id, "kind": trouble.kind.value, **_columns(trouble)}
        with self._db.write() as connection:
            return self._db.insert_new(connection, troubles, row)

    def get(self, product_id: str, kind: NoticeKind) -> Trouble | None:
        """The product's trouble of that kind; held until the transaction around ends."""
        statement = select(troubles).where(troubles.c.product_id == product_id, troubles.c.kind == kind.value)
        with self._db.write() as connection:
            row = connection.execute(statement.with_for_update()).first()
        return _trouble(row) if row else None

    def change(self, trouble: Trouble) -> None:
        """Store trouble as it is now; nothing happens when it is over."""
        with self._db.write() as connection:
            connection.execute(update(troubles).where(troubles.c.id == trouble.id).values(_columns(trouble)))

    def remind(self, trouble: Trouble, at: datetime | None) -> bool:
        """Count one more reminder, the next one `at`. False when somebody else did, or it is over."""
        told = trouble.model_copy(update={"reminders": trouble.reminders + 1, "remind": at})
        statement = (
            update(troubles)
            .where(troubles.c.id == trouble.id, troubles.c.reminders == trouble.reminders)
            .values(_columns(told))
            .returning(troubles.c.id)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def end(self, product_id: str, kinds: Collection[NoticeKind]) -> list[Trouble]:
        """End the product's trouble of these kinds; what there was, for exactly one of all who end it at once."""
        statement = (
            delete(troubles)
            .where(troubles.c.product_id == product_id, troubles.c.kind.in_([kind.value for kind in kinds]))
            .returning(*troubles.c)
        )
        with self._db.write() as connection:
            ended = [_trouble(row) for row in connection.execute(statement)]
        return sorted(ended, key=lambda trouble: trouble.since)

    def of_kind(self, kind: NoticeKind) -> dict[str, Trouble]:
        """All trouble of a kind, by product id."""
        with self._db.read() as connection:
            rows = connection.execute(select(troubles).where(troubles.c.kind == kind.value)).all()
        return {row.product_id: _trouble(row) for row in rows}

    def to_repeat(self, limit: int = 100) -> list[Trouble]:
        """Trouble whose reminder is due by the database's clock."""
        statement = select(troubles).where(troubles.c.remind <= self._db.clock())
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(troubles.c.remind, troubles.c.id).limit(limit)).all()
        return [_trouble(row) for row in rows]


def _columns(trouble: Trouble) -> dict[str, Any]:
    return {
        "reminders": trouble.reminders,
        "remind": trouble.remind,
        "document": document_of(trouble, "reminders", "remind"),
    }


def _trouble(row: Row[Any]) -> Trouble:
    return Trouble.model_validate({**row.document, "reminders": row.reminders, "remind": row.remind})
