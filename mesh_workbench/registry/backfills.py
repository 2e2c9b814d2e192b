"""Backfills and their slots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from mesh_workbench.model.backfill import Backfill, BackfillSlot, BackfillState, PlannedSlot
from mesh_workbench.model.base import Page
from mesh_workbench.model.run import RunState
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.run_rows import FINAL
from mesh_workbench.registry.tables.backfill import backfills
from mesh_workbench.registry.tables.backfill_slot import backfill_slots
from mesh_workbench.registry.tables.run import runs

_COLUMNS = ("state", "revision", "counts")
_STATE = case((backfill_slots.c.skipped != "", "skipped"), else_=func.coalesce(runs.c.state, "waiting")).label("state")
_SLOTS_WITH_RUNS = backfill_slots.outerjoin(runs, runs.c.id == backfill_slots.c.run_id)


class Backfills(Repository):
    """Ranges of slots that are computed again."""

    def add(self, backfill: Backfill, slots: Sequence[PlannedSlot]) -> Backfill:
        """Record a backfill with its slots, in the order in which they run."""
        rows = [
            {
                "backfill_id": backfill.id,
                "position": position,
                "start": planned.slot.start,
                "end": planned.slot.end,
                "timezone": planned.slot.timezone,
                "skipped": planned.skipped,
            }
            for position, planned in enumerate(slots)
        ]
        with self._db.write() as connection:
            connection.execute(
                insert(backfills).values(
                    id=backfill.id,
                    product_id=backfill.product_id,
                    state=backfill.state.value,
                    revision=1,
                    document=document_of(backfill, *_COLUMNS),
                )
            )
            connection.execute(insert(backfill_slots), rows)
            return self._built(connection, connection.execute(_one(backfill.id)).all())[0]

    def get(self, backfill_id: str) -> Backfill | None:
        """The backfill with its counts, or None."""
        with self._db.read() as connection:
            found = self._built(connection, connection.execute(_one(backfill_id)).all())
        return found[0] if found else None

    def slots(self, backfill_id: str, cursor: str | None = None, limit: int = 100) -> Page[BackfillSlot]:
        """The slots of a backfill in the order in which they run."""
        statement = (
            select(backfill_slots, _STATE, runs.c.document.label("run"))
            .select_from(_SLOTS_WITH_RUNS)
            .where(backfill_slots.c.backfill_id == backfill_id)
        )
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                backfill_slots.c.position,
                lambda rows: [_slot(row) for row in rows],
                cursor=cursor,
                limit=limit,
            )

    def running(self) -> list[str]:
        """Ids of backfills that go on, the oldest first."""
        statement = select(backfills.c.id).where(backfills.c.state == BackfillState.RUNNING.value)
        with self._db.read() as connection:
            return [*connection.execute(statement.order_by(backfills.c.id)).scalars()]

    def held(self, backfill_id: str, *, wait: bool) -> Backfill | None:
        """The backfill, which nobody else changes until the transaction ends; None when it is gone, or somebody has
        it and `wait` is false."""
        statement = select(backfills.c.id).where(backfills.c.id == backfill_id)
        with self._db.write() as connection:
            if connection.execute(statement.with_for_update(skip_locked=not wait)).first() is None:
                return None
            return self.get(backfill_id)

    def change(self, backfill: Backfill, **changes: object) -> Backfill:
        """Change a backfill that is held."""
        changed = backfill.model_copy(update=changes)
        values = {
            "state": changed.state.value,
            "revision": backfills.c.revision + 1,
            "document": document_of(changed, *_COLUMNS),
        }
        with self._db.write() as connection:
            connection.execute(update(backfills).where(backfills.c.id == backfill.id).values(values))
            return self._built(connection, connection.execute(_one(backfill.id)).all())[0]

    def waiting(self, backfill_id: str, limit: int) -> list[tuple[int, SlotTime]]:
        """Position and time of the next slots that have not begun."""
        statement = (
            select(backfill_slots)
            .where(
                backfill_slots.c.backfill_id == backfill_id,
                backfill_slots.c.run_id.is_(None),
                backfill_slots.c.skipped == "",
            )
            .order_by(backfill_slots.c.position)
            .limit(limit)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [(row.position, SlotTime(start=row.start, end=row.end, timezone=row.timezone)) for row in rows]

    def begin(self, backfill_id: str, position: int, run_id: str) -> bool:
        """A slot has its run now; False when it had one already."""
        statement = (
            update(backfill_slots)
            .where(
                backfill_slots.c.backfill_id == backfill_id,
                backfill_slots.c.position == position,
                backfill_slots.c.run_id.is_(None),
            )
            .values(run_id=run_id)
            .returning(backfill_slots.c.position)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def drop(self, backfill_id: str, reason: str, *, position: int | None = None) -> int:
        """Slots that have not begun (only the one at `position`, if given) never will; how many there were."""
        statement = update(backfill_slots).where(
            backfill_slots.c.backfill_id == backfill_id,
            backfill_slots.c.run_id.is_(None),
            backfill_slots.c.skipped == "",
        )
        if position is not None:
            statement = statement.where(backfill_slots.c.position == position)
        with self._db.write() as connection:
            return connection.execute(statement.values(skipped=reason)).rowcount

    def going(self, backfill_id: str) -> list[str]:
        """Ids of its runs that have not ended."""
        statement = (
            select(runs.c.id)
            .join(backfill_slots, backfill_slots.c.run_id == runs.c.id)
            .where(backfill_slots.c.backfill_id == backfill_id, runs.c.state.not_in(FINAL))
        )
        with self._db.read() as connection:
            return [*connection.execute(statement.order_by(runs.c.id)).scalars()]

    def failed_in_a_row(self, backfill_id: str, since: datetime | None, most: int) -> int:
        """How many of its newest ended runs failed one after the other, those since a moment only; `most` at most."""
        statement = (
            select(runs.c.state)
            .join(backfill_slots, backfill_slots.c.run_id == runs.c.id)
            .where(backfill_slots.c.backfill_id == backfill_id, runs.c.state.in_(FINAL))
            .order_by(runs.c.finished.desc(), runs.c.id.desc())
            .limit(most)
        )
        if since is not None:
            statement = statement.where(runs.c.finished > since)
        with self._db.read() as connection:
            states = [*connection.execute(statement).scalars()]
        return next((n for n, state in enumerate(states) if state != RunState.FAILED.value), len(states))

    def _built(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Backfill]:
        counts: dict[str, dict[str, int]] = {}
        for batch in batches([row.id for row in rows]):
            statement = (
                select(backfill_slots.c.backfill_id, _STATE, func.count().label("number"))
                .select_from(_SLOTS_WITH_RUNS)
                .where(backfill_slots.c.backfill_id.in_(batch))
                .group_by(backfill_slots.c.backfill_id, _STATE)
            )
            for row in connection.execute(statement):
                counts.setdefault(row.backfill_id, {})[row.state] = row.number
        return [
            Backfill.model_validate(
                {**row.document, "state": row.state, "revision": row.revision, "counts": counts.get(row.id, {})}
            )
            for row in rows
        ]

    def list(self, product_id: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Backfill]:
        """Backfills of a product or of all, the newest first."""
        statement = select(backfills)
        if product_id is not None:
            statement = statement.where(backfills.c.product_id == product_id)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                backfills.c.id,
                lambda rows: self._built(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _one(backfill_id: str) -> Any:
    return select(backfills).where(backfills.c.id == backfill_id)


def _slot(row: Row[Any]) -> BackfillSlot:
    run: dict[str, Any] = row.run or {}
    failure = run.get("failure") or {}
    return BackfillSlot(
        position=row.position,
        slot=SlotTime(start=row.start, end=row.end, timezone=row.timezone),
        state=row.state,
        reason=row.skipped or failure.get("message", ""),
        run_id=row.run_id,
        release=run.get("release"),
    )
