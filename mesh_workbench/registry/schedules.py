"""Schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, false, select, update

from mesh_workbench.model.schedule import Schedule
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.schedule import schedules


class Schedules(Repository):
    """When products run by themselves; a product has at most one schedule."""

    def set(self, schedule: Schedule) -> Schedule:
        """Store the schedule of its product, new or in place of the one before, whose id it keeps."""
        row = {
            "paused": schedule.paused,
            "next_fire": schedule.next_fire,
            "document": document_of(schedule, "id", "revision", "paused", "next_fire"),
        }
        statement = (
            self._db.insert(schedules)
            .values(id=schedule.id, product_id=schedule.product_id, revision=1, **row)
            .on_conflict_do_update(index_elements=["product_id"], set_={**row, "revision": schedules.c.revision + 1})
            .returning(*schedules.c)
        )
        with self._db.write() as connection:
            return _schedule(connection.execute(statement).one())

    def get(self, product_id: str) -> Schedule | None:
        """The schedule of a product, or None."""
        return self.many([product_id]).get(product_id)

    def many(self, product_ids: Sequence[str]) -> dict[str, Schedule]:
        """Schedules by product id."""
        found: dict[str, Schedule] = {}
        with self._db.read() as connection:
            for batch in batches(product_ids):
                for row in connection.execute(select(schedules).where(schedules.c.product_id.in_(batch))):
                    found[row.product_id] = _schedule(row)
        return found

    def remove(self, product_id: str) -> bool:
        """Forget the schedule of a product; whether there was one."""
        with self._db.write() as connection:
            return connection.execute(delete(schedules).where(schedules.c.product_id == product_id)).rowcount > 0

    def due(self, now: datetime | None = None, limit: int = 100) -> list[Schedule]:
        """Schedules that fire at `now` (the database's time for None) or should have before, the earliest first."""
        moment = self._db.clock() if now is None else now
        statement = select(schedules).where(schedules.c.paused == false(), schedules.c.next_fire <= moment)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(schedules.c.next_fire, schedules.c.id).limit(limit)).all()
        return [_schedule(row) for row in rows]

    def advance(
        self,
        schedule_id: str,
        expected_next_fire: datetime,
        new_next_fire: datetime | None,
        *,
        revision: int | None = None,
    ) -> bool:
        """Move on to the next fire. True for exactly one of all that try from the same `expected_next_fire`.

        With `revision` also false when the schedule was edited meanwhile.
        """
        statement = (
            update(schedules)
            .where(
                schedules.c.id == schedule_id,
                schedules.c.next_fire == expected_next_fire,
                schedules.c.paused == false(),
            )
            .values(next_fire=new_next_fire)
            .returning(schedules.c.id)
        )
        if revision is not None:
            statement = statement.where(schedules.c.revision == revision)
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None


def _schedule(row: Row[Any]) -> Schedule:
    columns = {"id": row.id, "revision": row.revision, "paused": row.paused, "next_fire": row.next_fire}
    return Schedule.model_validate({**row.document, **columns})
