"""Chores: what workers do now and then."""

from __future__ import annotations

from sqlalchemy import select

from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.chore import chores


class Chores(Repository):
    """Who of all workers does a chore this time."""

    def take(self, name: str, every_s: float) -> bool:
        """Whether the chore is due, and the caller's: true for one of all that ask within `every_s` seconds."""
        if not self._due(name):
            return False
        statement = (
            self._db.insert(chores)
            .values(name=name, due=self._db.clock(every_s))
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"due": self._db.clock(every_s)},
                where=chores.c.due <= self._db.clock(),
            )
            .returning(chores.c.name)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def _due(self, name: str) -> bool:
        """A look that takes no lock."""
        later = select(chores.c.name).where(chores.c.name == name, chores.c.due > self._db.clock())
        with self._db.read() as connection:
            return connection.execute(later).first() is None
