"""Slots and the decisions about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal_column, select, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.schedule import MANUAL, Slot, SlotDecision, SlotState, SlotTime
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.run_rows import OPEN
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.tables.slot import slots
from mesh_workbench.registry.tables.slot_decision import slot_decisions

_KEY = ("product_id", "schedule_key", "start", "parameters_hash")
_WAITS = slots.c.state == literal_column(f"'{SlotState.DUE.value}'")
"""Written out, because only then the databases see that the index of the few slots that wait will do."""
_COLUMNS = (*_KEY, "id", "end", "timezone", "state")


class Slots(Repository):
    """What must be decided exactly once."""

    def ensure(self, slot: Slot) -> Slot:
        """The slot with the same key, recorded now as due when there was none."""
        row = _row(slot)
        with self._db.write() as connection:
            self._db.insert_new(connection, slots, row)
            same = [slots.c[name] == row[name] for name in _KEY]
            return _slots(connection, [connection.execute(select(slots).where(*same)).one()])[0]

    def record(self, slot: Slot) -> bool:
        """Record a slot, with its decision when it has one; False when there was one with the same key, which stays."""
        with self._db.write() as connection:
            if not self._db.insert_new(connection, slots, _row(slot)):
                return False
            for decision in slot.decisions:
                connection.execute(insert(slot_decisions).values(slot_id=slot.id, **decision.model_dump()))
            return True

    def decide(self, slot_id: str, decision: SlotDecision, *, again: bool = False) -> Slot:
        """Record what becomes of a due slot. With `again` (a backfill) a decided one gets one more decision.

        Raises Conflict `slot.decided` when it was decided already, NotFound `slot.not-found`.
        """
        statement = update(slots).where(slots.c.id == slot_id).values(state=decision.state).returning(*slots.c)
        if not again:
            statement = statement.where(slots.c.state == SlotState.DUE.value)
        with self._db.write() as connection:
            row = connection.execute(statement).first()
            if row is None:
                known = self.get(slot_id)
                if known is None:
                    raise NotFound("slot.not-found", f"There is no slot {slot_id}.")
                raise Conflict(
                    "slot.decided",
                    f"The slot of {known.start:%Y-%m-%d %H:%M} UTC is decided already: {known.state.value}.",
                    hint="To compute it again, use a backfill.",
                    details={"slot": slot_id, "state": known.state.value},
                )
            connection.execute(insert(slot_decisions).values(slot_id=slot_id, **decision.model_dump()))
            return _slots(connection, [row])[0]

    def get(self, slot_id: str) -> Slot | None:
        """The slot with its decisions, or None."""
        with self._db.read() as connection:
            found = _slots(connection, connection.execute(select(slots).where(slots.c.id == slot_id)).all())
        return found[0] if found else None

    def containing(self, product_id: str, moment: datetime) -> SlotTime | None:
        """The interval of the newest slot of a product in which `moment` lies, or None."""
        statement = select(slots.c.start, slots.c.end, slots.c.timezone)
        statement = statement.where(slots.c.product_id == product_id, slots.c.start <= moment, slots.c.end > moment)
        with self._db.read() as connection:
            row = connection.execute(statement.order_by(slots.c.id.desc()).limit(1)).first()
        return SlotTime(start=row.start, end=row.end, timezone=row.timezone) if row else None

    def waiting(self, schedule_id: str) -> list[Slot]:
        """The slots of a schedule that are due and not decided, the first to run first."""
        statement = select(slots).where(slots.c.schedule_key == schedule_id, _WAITS)
        with self._db.read() as connection:
            return _slots(connection, connection.execute(statement.order_by(slots.c.start, slots.c.id)).all())

    def startable(self, limit: int = 100, *, without: Collection[str] = ()) -> list[tuple[str, str]]:
        """Product and schedule of slots that are due, where no run of that schedule goes on; `without` these ids."""
        other = slots.alias("other")
        busy = select(other.c.schedule_key).join_from(runs, other, other.c.id == runs.c.slot_id)
        statement = (
            select(func.min(slots.c.product_id), slots.c.schedule_key)
            .where(
                _WAITS,
                slots.c.schedule_key != MANUAL,
                slots.c.schedule_key.not_in(busy.where(runs.c.state.in_(OPEN))),
            )
            .group_by(slots.c.schedule_key)
        )
        if without:
            statement = statement.where(slots.c.schedule_key.not_in(without))
        with self._db.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(statement.limit(limit))]

    def open_runs(self, schedule_id: str) -> list[str]:
        """Ids of the runs of a schedule's slots that wait or go on, the oldest first."""
        statement = select(runs.c.id).join_from(runs, slots, slots.c.id == runs.c.slot_id)
        statement = statement.where(slots.c.schedule_key == schedule_id, runs.c.state.in_(OPEN))
        with self._db.read() as connection:
            return [*connection.execute(statement.order_by(runs.c.id)).scalars()]

    def list(self, product_id: str, cursor: str | None = None, limit: int = 100) -> Page[Slot]:
        """Slots of a product in the order in which they were recorded, the newest first."""
        with self._db.read() as connection:
            return page(
                connection,
                select(slots).where(slots.c.product_id == product_id),
                slots.c.id,
                lambda rows: _slots(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _row(slot: Slot) -> dict[str, Any]:
    columns = {name: getattr(slot, name) for name in (*_KEY, "id", "end", "timezone")}
    return {**columns, "state": slot.state.value, "document": document_of(slot, *_COLUMNS, "decisions")}


def _slots(connection: Connection, rows: Sequence[Row[Any]]) -> list[Slot]:
    decided: dict[str, list[SlotDecision]] = {}
    statement = select(slot_decisions).where(slot_decisions.c.slot_id.in_([row.id for row in rows]))
    for row in connection.execute(statement.order_by(slot_decisions.c.id)):
        decided.setdefault(row.slot_id, []).append(
            SlotDecision(at=row.at, state=row.state, reason=row.reason, run_id=row.run_id, by=row.by)
        )
    return [
        Slot.model_validate(
            {
                **(row.document or {}),
                **{name: getattr(row, name) for name in _COLUMNS},
                "decisions": decided.get(row.id, []),
            }
        )
        for row in rows
    ]
