"""Subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, delete, select

from mesh_workbench.model.subscription import Subscription
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.subscription import subscriptions


class Subscriptions(Repository):
    """Who wants to be told what; an identity has at most one subscription to a target."""

    def set(self, subscription: Subscription) -> Subscription:
        """Store a subscription, new or in place of the one to the same target, whose id and age it keeps."""
        row = {"document": document_of(subscription, "id", "revision")}
        statement = (
            self._db.insert(subscriptions)
            .values(id=subscription.id, identity=subscription.identity, target=subscription.target, revision=1, **row)
            .on_conflict_do_update(
                index_elements=["identity", "target"], set_={**row, "revision": subscriptions.c.revision + 1}
            )
            .returning(*subscriptions.c)
        )
        with self._db.write() as connection:
            return _subscription(connection.execute(statement).one())

    def get(self, identity: str, target: str) -> Subscription | None:
        """The subscription of an identity to exactly this target, or None."""
        statement = select(subscriptions).where(subscriptions.c.identity == identity, subscriptions.c.target == target)
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return _subscription(row) if row else None

    def of(self, identity: str) -> list[Subscription]:
        """All subscriptions of an identity, by target."""
        statement = select(subscriptions).where(subscriptions.c.identity == identity)
        with self._db.read() as connection:
            return [_subscription(row) for row in connection.execute(statement.order_by(subscriptions.c.target))]

    def to(self, targets: Collection[str]) -> list[Subscription]:
        """All subscriptions to these targets."""
        statement = select(subscriptions).where(subscriptions.c.target.in_(targets))
        with self._db.read() as connection:
            return [_subscription(row) for row in connection.execute(statement.order_by(subscriptions.c.id))]

    def remove(self, identity: str, target: str) -> bool:
        """End a subscription; whether there was one."""
        statement = delete(subscriptions).where(subscriptions.c.identity == identity, subscriptions.c.target == target)
        with self._db.write() as connection:
            return connection.execute(statement).rowcount > 0


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription.model_validate({**row.document, "id": row.id, "revision": row.revision})
