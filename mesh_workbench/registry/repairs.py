"""What is put right in a registry by hand, as `mesh doctor --repair` does; nothing else needs it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from mesh_workbench.model.release import PortFile
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.run_rows import FINAL
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.port_file import port_files
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.tables.slot import slots
from mesh_workbench.registry.tables.slot_decision import slot_decisions


class Repairs(Repository):
    """Each repair changes only what still is as it was found."""

    def close_run(self, run_id: str) -> bool:
        """Record the end of a run that is over, and of its attempts."""
        over = select(runs.c.state).where(runs.c.id == run_id, runs.c.state.in_(FINAL)).with_for_update()
        with self._db.write() as connection:
            state = connection.execute(over).scalar()
            if state is None:
                return False
            connection.execute(
                update(runs).where(runs.c.id == run_id, runs.c.finished.is_(None)).values(finished=self._db.clock())
            )
            connection.execute(
                update(attempts)
                .where(attempts.c.run_id == run_id, attempts.c.finished.is_(None))
                .values(finished=self._db.clock(), state=state)
            )
        return True

    def settle_slot(self, slot_id: str) -> str:
        """Give a slot the state of its last decision; that state, or nothing when there is no decision."""
        last = select(slot_decisions.c.state).where(slot_decisions.c.slot_id == slot_id)
        with self._db.write() as connection:
            state: str | None = connection.execute(last.order_by(slot_decisions.c.id.desc()).limit(1)).scalar()
            if state is not None:
                connection.execute(update(slots).where(slots.c.id == slot_id).values(state=state))
        return state or ""

    def register_files(self, port_id: str, major: int, release: int, files: Sequence[PortFile]) -> None:
        """Write down again that a release added files."""
        rows = [{"port_id": port_id, "major": major, "added_in": release, **file.model_dump()} for file in files]
        if rows:
            with self._db.write() as connection:
                connection.execute(insert(port_files), rows)
