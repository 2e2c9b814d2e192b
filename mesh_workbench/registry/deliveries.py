"""Deliveries: the outbox of messages. Each step is one conditional update that the database decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.delivery import Delivery, DeliveryState
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.delivery import deliveries
from mesh_workbench.registry.tables.delivery_notice import delivery_notices

_WAITING = DeliveryState.WAITING.value
_ENDED = [DeliveryState.SENT.value, DeliveryState.GIVEN_UP.value]


class Deliveries(Repository):
    """Messages on their way."""

    def gather(self, identity: str, channel: str, notice_id: str, due: datetime) -> str:
        """Put a notice into the next message to an address; the id of the message.

        A message takes notices in until it is claimed, and goes when its first one is due, or earlier for one that is
        due earlier.
        """
        key = f"{identity}/{channel}"
        row = {
            "identity": identity,
            "channel": channel,
            "gathering": key,
            "state": _WAITING,
            "due": due,
            "created": self._db.clock(),
        }
        with self._db.write() as connection:
            while True:
                delivery_id = new_id("dlv")
                if not self._db.insert_new(connection, deliveries, {"id": delivery_id, **row}):
                    joined = (
                        update(deliveries)
                        .where(deliveries.c.gathering == key)
                        .values(due=case((deliveries.c.due > due, due), else_=deliveries.c.due))
                        .returning(deliveries.c.id)
                    )
                    found = connection.execute(joined).scalar()
                    if found is None:
                        continue  # it was claimed in between
                    delivery_id = found
                connection.execute(insert(delivery_notices).values(delivery_id=delivery_id, notice_id=notice_id))
                return delivery_id

    def claim(self, lease_s: float) -> Delivery | None:
        """Take the message that has been due longest and count an attempt, or None when none is due.

        The claim holds for `lease_s` seconds of the database's clock; whoever claims then tries again. Nothing joins
        the message any more.
        """
        now = self._db.clock()
        free = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < now)
        due = (deliveries.c.state == _WAITING, deliveries.c.due <= now, free)
        first = select(deliveries.c.id).where(*due).order_by(deliveries.c.due, deliveries.c.id).limit(1)
        with self._db.read() as connection:
            if connection.execute(first).first() is None:
                return None
        statement = (
            update(deliveries)
            .where(deliveries.c.id == first.with_for_update(skip_locked=True).scalar_subquery(), *due)
            .values(gathering=None, attempts=deliveries.c.attempts + 1, lease_until=self._db.clock(lease_s))
            .returning(*deliveries.c)
        )
        with self._db.write() as connection:
            row = connection.execute(statement).first()
            return _deliveries(connection, [row])[0] if row else None

    def sent(self, delivery: Delivery) -> bool:
        """The claimed message has gone. False when the claim passed to somebody else."""
        return self._change(delivery, state=DeliveryState.SENT.value, error="", ended=self._db.clock())

    def give_up(self, delivery: Delivery, error: str) -> bool:
        """The claimed message will not be tried any more. False when the claim passed to somebody else."""
        return self._change(delivery, state=DeliveryState.GIVEN_UP.value, error=error, ended=self._db.clock())

    def retry(self, delivery: Delivery, error: str, due: datetime) -> bool:
        """The claimed message is tried again at `due`. False when the claim passed to somebody else."""
        return self._change(delivery, error=error, due=due)

    def postpone(self, delivery: Delivery, due: datetime) -> bool:
        """The claimed message waits until `due`, as if it had not been claimed. False as above."""
        return self._change(delivery, due=due, attempts=delivery.attempts - 1)

    def _change(self, delivery: Delivery, **values: Any) -> bool:
        """Change a claimed message and free it. Each claim has an attempt of its own, by which it is known."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.id == delivery.id,
                deliveries.c.state == _WAITING,
                deliveries.c.attempts == delivery.attempts,
            )
            .values(lease_until=None, **values)
            .returning(deliveries.c.id)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def get(self, delivery_id: str) -> Delivery | None:
        """The message, or None."""
        with self._db.read() as connection:
            rows = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).all()
            found = _deliveries(connection, rows)
        return found[0] if found else None

    def list(
        self,
        identity: str | None = None,
        *,
        state: DeliveryState | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Delivery]:
        """Messages to an identity or to all, in a state or in any, the newest first."""
        statement = select(deliveries)
        if identity is not None:
            statement = statement.where(deliveries.c.identity == identity)
        if state is not None:
            statement = statement.where(deliveries.c.state == state.value)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                deliveries.c.id,
                lambda rows: _deliveries(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )

    def given_up(self, within_s: float, identity: str | None = None) -> int:
        """How many messages were given up in the last `within_s` seconds."""
        statement = select(func.count()).where(
            deliveries.c.state == DeliveryState.GIVEN_UP.value, deliveries.c.ended >= self._db.clock(-within_s)
        )
        if identity is not None:
            statement = statement.where(deliveries.c.identity == identity)
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def overdue(self, by_s: float) -> int:
        """How many messages should have been tried `by_s` seconds ago, and were not."""
        statement = select(func.count()).where(deliveries.c.state == _WAITING, deliveries.c.due < self._db.clock(-by_s))
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def forget(self, days: float, limit: int = 1_000) -> int:
        """Remove messages that were sent or given up more than `days` days ago; how many there were."""
        old = (
            select(deliveries.c.id)
            .where(deliveries.c.state.in_(_ENDED), deliveries.c.ended < self._db.clock(-days * 86_400))
            .limit(limit)
        )
        with self._db.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(delete(delivery_notices).where(delivery_notices.c.delivery_id.in_(ids)))
            return connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids))).rowcount


def _deliveries(connection: Connection, rows: Sequence[Row[Any]]) -> list[Delivery]:
    held: dict[str, list[str]] = {}
    statement = select(delivery_notices).where(delivery_notices.c.delivery_id.in_([row.id for row in rows]))
    for row in connection.execute(statement.order_by(delivery_notices.c.notice_id)):
        held.setdefault(row.delivery_id, []).append(row.notice_id)
    return [
        Delivery(
            id=row.id,
            identity=row.identity,
            channel=row.channel,
            state=DeliveryState(row.state),
            due=row.due,
            attempts=row.attempts,
            error=row.error,
            notices=held.get(row.id, []),
            created=row.created,
            ended=row.ended,
        )
        for row in rows
    ]
