"""Schedules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, select, update

from mesh_workbench.model.duration import Duration
from mesh_workbench.model.pause import Pause
from mesh_workbench.model.schedule import Schedule
from mesh_workbench.registry.domains import Domains
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.schedule import schedules
from mesh_workbench.registry.versions import Versions

_COLUMNS = ("id", "revision", "paused", "next_fire")
_PORTION = 2_000
_PATIENCE = 10
"""How many times the debounce a busy input can hold a schedule up."""


class Schedules(Repository):
    """When products run by themselves; a product has at most one schedule.

    What is read says whether it is paused at this moment, by itself or with its domain.
    """

    def set(self, schedule: Schedule) -> Schedule:
        """Store the schedule of its product, new or in place of the one before, whose id it keeps."""
        row = {
            "paused": schedule.paused,
            "next_fire": schedule.next_fire,
            "document": _document(schedule),
        }
        statement = (
            self._db.insert(schedules)
            .values(id=schedule.id, product_id=schedule.product_id, revision=1, **row)
            .on_conflict_do_update(index_elements=["product_id"], set_={**row, "revision": schedules.c.revision + 1})
        )
        with self._db.write() as connection:
            connection.execute(statement)
            return self.many([schedule.product_id])[schedule.product_id]

    def get(self, product_id: str) -> Schedule | None:
        """The schedule of a product, or None."""
        return self.many([product_id]).get(product_id)

    def held(self, product_id: str, *, wait: bool = True) -> Schedule | None:
        """The schedule, which nobody else can change until the transaction ends; None when there is none.

        Without `wait` also None while somebody else holds it.
        """
        with self._db.write() as connection:
            statement = select(schedules.c.id).where(schedules.c.product_id == product_id)
            # SQLite ignores FOR UPDATE: its transaction is alone anyway.
            if connection.execute(statement.with_for_update(skip_locked=not wait)).first() is None:
                return None
            return self.get(product_id)

    def many(self, product_ids: Sequence[str]) -> dict[str, Schedule]:
        """Schedules by product id."""
        found: dict[str, Schedule] = {}
        for batch in batches(product_ids):
            for schedule in self._read(self._selected().where(schedules.c.product_id.in_(batch))):
                found[schedule.product_id] = schedule
        return found

    def remove(self, product_id: str) -> bool:
        """Forget the schedule of a product; whether there was one."""
        with self._db.write() as connection:
            return connection.execute(delete(schedules).where(schedules.c.product_id == product_id)).rowcount > 0

    def due(self, now: datetime | None = None, limit: int = 100, *, without: Collection[str] = ()) -> list[Schedule]:
        """Schedules that fire at `now` (the database's time for None) or should have before, the earliest first.

        Paused ones are among them: their slots are decided too. `without` leaves out ids.
        """
        moment = self._db.clock() if now is None else now
        statement = self._selected().where(schedules.c.next_fire <= moment)
        if without:
            statement = statement.where(schedules.c.id.not_in(without))
        return self._read(statement.order_by(schedules.c.next_fire, schedules.c.id).limit(limit))

    def rest_s(self, *, without: Collection[str] = ()) -> float | None:
        """Seconds until the next fire, 0 when one is due; None when nothing will fire. `without` leaves out ids."""
        statement = select(schedules.c.next_fire, self._db.clock().label("read_at"))
        statement = statement.where(schedules.c.next_fire.is_not(None)).order_by(schedules.c.next_fire).limit(1)
        if without:
            statement = statement.where(schedules.c.id.not_in(without))
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return None if row is None else max(0.0, (row.next_fire - row.read_at).total_seconds())

    def all(self) -> Iterator[Schedule]:
        """Every schedule, read in portions."""
        after = ""
        statement = self._selected().order_by(schedules.c.id).limit(_PORTION)
        while portion := self._read(statement.where(schedules.c.id > after)):
            yield from portion
            after = portion[-1].id

    def of_domain(self, domain: str) -> list[Schedule]:
        """Schedules of the products of a domain and of the domains below it."""
        below = Domains(self._db).descendants(domain)
        return self._read(self._selected().where(products.c.domain.in_(below)).order_by(schedules.c.id))

    def advance(self, schedule: Schedule, next_fire: datetime | None, *, seen: Mapping[str, int] | None = None) -> bool:
        """Move on to the next fire. True for exactly one of all that try from the same `schedule`.

        False when it fired or was edited meanwhile. `seen` are the releases that it has acted on now.
        """
        values: dict[str, Any] = {"next_fire": next_fire, "paused": schedule.paused}  # which may have ended by itself
        if seen is not None:
            values |= {"waiting_since": None, "document": _document(schedule.model_copy(update={"seen": dict(seen)}))}
        statement = (
            update(schedules)
            .where(
                schedules.c.id == schedule.id,
                schedules.c.next_fire.is_not_distinct_from(schedule.next_fire),
                schedules.c.revision == schedule.revision,
            )
            .values(values)
            .returning(schedules.c.id)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def wake_readers(self, product: str) -> None:
        """A product (domain.product) has a new release: schedules that wait for it are due when it has been quiet.

        Belongs into the transaction of the release, so that none is ever forgotten.
        """
        with self._db.write() as connection:
            ids = Versions(self._db).reader_ids(product)
            if not ids:
                return
            now = self._db.now()
            for schedule in self.many(ids).values():
                if schedule.after is None or (schedule.end is not None and schedule.end <= now):
                    continue
                same = schedules.c.id == schedule.id
                waiting = select(schedules.c.waiting_since).where(same).with_for_update()
                since = connection.execute(waiting).scalar() or now
                quiet = timedelta(seconds=Duration.parse(schedule.debounce).fixed_s if schedule.debounce else 0)
                fire = max(min(now + quiet, since + _PATIENCE * quiet), schedule.start or now)
                connection.execute(update(schedules).where(same).values(next_fire=fire, waiting_since=since))

    def _selected(self) -> Select[Any]:
        columns = select(schedules, products.c.domain.label("domain"), self._db.clock().label("read_at"))
        return columns.join_from(schedules, products, products.c.id == schedules.c.product_id)

    def _read(self, statement: Select[Any]) -> list[Schedule]:
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
            pauses = Domains(self._db).pauses() if rows else {}
        return [_schedule(row, pauses.get(row.domain, [])) for row in rows]


def _document(schedule: Schedule) -> dict[str, Any]:
    return document_of(schedule, *_COLUMNS, "domain_pauses", "notes")


def _schedule(row: Row[Any], domain_pauses: list[Pause]) -> Schedule:
    columns = {name: getattr(row, name) for name in _COLUMNS}
    schedule = Schedule.model_validate({**row.document, **columns, "domain_pauses": domain_pauses})
    pause = schedule.pause
    if schedule.paused and pause is None:  # from before pauses said since when
        pause = Pause(scope=schedule.product, reason=schedule.pause_reason, since=schedule.created)
    holds = schedule.paused and pause is not None and pause.holds(row.read_at)
    return schedule.model_copy(
        update={"pause": pause, "paused": holds, "pause_reason": pause.reason if pause and holds else ""}
    )
