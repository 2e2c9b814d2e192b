"""Leases after the clock of the database was set back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select, update

from mesh_workbench.model.run import RunState
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.run_rows import ACTIVE
from mesh_workbench.registry.tables.publisher_lock import publisher_locks
from mesh_workbench.registry.tables.run import runs


class Leases(Repository):
    """How long things are held, and how long they wait, by the database's clock."""

    def shorten(self, *, run_s: float, publisher_s: float, pause_s: float) -> int:
        """Let no lease of a run end later than `run_s` seconds from now, none of a publisher later than `publisher_s`,
        and no pause before a retry later than `pause_s`; how many did.

        Given while the clock was ahead, they would hold what a dead worker had for as long as the clock was set back.
        Whoever is alive renews its lease in time.
        """
        return (
            self._shorten(runs.c.lease_until, run_s, runs.c.state.in_(ACTIVE))
            + self._shorten(runs.c.not_before, pause_s, runs.c.state == RunState.QUEUED.value)
            + self._shorten(publisher_locks.c.lease_until, publisher_s, publisher_locks.c.holder.is_not(None))
        )

    def _shorten(self, column: Any, seconds: float, so: ColumnElement[bool]) -> int:
        too_far = so & (column > self._db.clock(2 * seconds + 1))
        with self._db.read() as connection:  # nearly always there is nothing, and nobody is held up
            if connection.execute(select(column).where(too_far).limit(1)).first() is None:
                return 0
        with self._db.write() as connection:
            return connection.execute(
                update(column.table).where(too_far).values({column: self._db.clock(seconds)})
            ).rowcount
