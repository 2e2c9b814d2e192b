"""Slots and the decisions about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.schedule import Slot, SlotDecision, SlotState
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.slot import slots
from mesh_workbench.registry.tables.slot_decision import slot_decisions

_KEY = ("product_id", "schedule_key", "start", "parameters_hash")


class Slots(Repository):
    """What must be decided exactly once."""

    def ensure(self, slot: Slot) -> Slot:
        """The slot with the same key, recorded now as due when there was none."""
        row = {
            "id": slot.id,
            "product_id": slot.product_id,
            "schedule_key": slot.schedule_key,
            "start": slot.start,
            "end": slot.end,
            "timezone": slot.timezone,
            "parameters_hash": slot.parameters_hash,
            "state": SlotState.DUE.value,
        }
        with self._db.write() as connection:
            self._db.insert_new(connection, slots, row)
            same = [slots.c[name] == row[name] for name in _KEY]
            return _slots(connection, [connection.execute(select(slots).where(*same)).one()])[0]

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


def _slots(connection: Connection, rows: Sequence[Row[Any]]) -> list[Slot]:
    decided: dict[str, list[SlotDecision]] = {}
    statement = select(slot_decisions).where(slot_decisions.c.slot_id.in_([row.id for row in rows]))
    for row in connection.execute(statement.order_by(slot_decisions.c.id)):
        decided.setdefault(row.slot_id, []).append(
            SlotDecision(at=row.at, state=row.state, reason=row.reason, run_id=row.run_id, by=row.by)
        )
    return [
        Slot(
            id=row.id,
            product_id=row.product_id,
            schedule_key=row.schedule_key,
            start=row.start,
            end=row.end,
            timezone=row.timezone,
            parameters_hash=row.parameters_hash,
            state=SlotState(row.state),
            decisions=decided.get(row.id, []),
        )
        for row in rows
    ]
