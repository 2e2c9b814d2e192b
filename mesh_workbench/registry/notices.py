"""Notices, and who has read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update

from mesh_workbench.model.base import Page
from mesh_workbench.model.notice import Notice
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.delivery_notice import delivery_notices
from mesh_workbench.registry.tables.notice import notices
from mesh_workbench.registry.tables.notice_reader import notice_readers as readers


class Notices(Repository):
    """What was told, and in whose list it is."""

    def add(self, notice: Notice, key: str, why: Mapping[str, str], *, quietly: Collection[str] = ()) -> bool:
        """Record a notice for the lists of the identities in `why`. False when one with the same key was recorded.

        For those in `quietly` it counts as read: they want to be told elsewhere.
        """
        row = {
            "id": notice.id,
            "key": key,
            "product_id": notice.product_id,
            "at": notice.at,
            "document": document_of(notice, "why", "read"),
        }
        with self._db.write() as connection:
            if not self._db.insert_new(connection, notices, row):
                return False
            lists = [
                {"notice_id": notice.id, "identity": one, "why": reason, "read": notice.at if one in quietly else None}
                for one, reason in why.items()
            ]
            if lists:
                connection.execute(insert(readers), lists)
        return True

    def many(self, notice_ids: Sequence[str]) -> list[Notice]:
        """Notices by id, the oldest first; unknown ids are left out."""
        found: list[Notice] = []
        with self._db.read() as connection:
            for batch in batches(notice_ids):
                rows = connection.execute(select(notices).where(notices.c.id.in_(batch)).order_by(notices.c.id))
                found += [Notice.model_validate(row.document) for row in rows]
        return found

    def why(self, identity: str, notice_ids: Sequence[str]) -> dict[str, str]:
        """Why an identity is told each of these notices, by id."""
        statement = select(readers.c.notice_id, readers.c.why).where(
            readers.c.identity == identity, readers.c.notice_id.in_(notice_ids)
        )
        with self._db.read() as connection:
            return {row.notice_id: row.why for row in connection.execute(statement)}

    def list(self, identity: str, *, unread: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Notice]:
        """The list of an identity, the newest first."""
        statement = select(notices, readers.c.why, readers.c.read).join(readers, readers.c.notice_id == notices.c.id)
        statement = statement.where(readers.c.identity == identity)
        if unread:
            statement = statement.where(readers.c.read.is_(None))
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                notices.c.id,
                lambda rows: [_notice(row) for row in rows],
                cursor=cursor,
                limit=limit,
                descending=True,
            )

    def unread(self, identity: str) -> tuple[int, str | None]:
        """How many notices an identity has not read, and the id of the newest of all in its list."""
        counted = select(func.count()).where(readers.c.identity == identity, readers.c.read.is_(None))
        newest = select(func.max(readers.c.notice_id)).where(readers.c.identity == identity)
        with self._db.read() as connection:
            return int(connection.execute(counted).scalar_one()), connection.execute(newest).scalar()

    def read(self, identity: str, notice_ids: Sequence[str] | None = None) -> int:
        """Mark notices of an identity as read, all for None; how many were not before."""
        statement = update(readers).where(readers.c.identity == identity, readers.c.read.is_(None))
        if notice_ids is not None:
            statement = statement.where(readers.c.notice_id.in_(notice_ids))
        with self._db.write() as connection:
            return connection.execute(statement.values(read=self._db.clock())).rowcount

    def forget(self, days: float, limit: int = 1_000) -> int:
        """Remove notices older than `days` days that no message holds any more; how many there were."""
        old = (
            select(notices.c.id)
            .where(notices.c.at < self._db.clock(-days * 86_400))
            .where(~exists().where(delivery_notices.c.notice_id == notices.c.id))
            .order_by(notices.c.id)
            .limit(limit)
        )
        with self._db.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(delete(readers).where(readers.c.notice_id.in_(ids)))
            return connection.execute(delete(notices).where(notices.c.id.in_(ids))).rowcount


def _notice(row: Row[Any]) -> Notice:
    return Notice.model_validate({**row.document, "why": row.why, "read": row.read})
