"""Chores: what workers do now and then."""

from __future__ import annotations

from sqlalchemy import or_, select

from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.chore import chores


class Chores(Repository):
    """Who of all workers does a chore this time."""

    def take(self, name: str, every_s: float) -> bool:
        """Whether the chore is due, and the caller's: true for one of all that ask within `every_s` seconds.

        It is also due when it would be in twice that time only: then the clock was set back.
        """
        due = or_(chores.c.due <= self._db.clock(), chores.c.due > self._db.clock(2 * every_s + 1))
        with self._db.read() as connection:  # a look that takes no lock
            if connection.execute(select(chores.c.name).where(chores.c.name == name, ~due)).first() is not None:
                return False
        statement = (
            self._db.insert(chores)
            .values(name=name, due=self._db.clock(every_s))
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"due": self._db.clock(every_s)},
                where=due,
            )
            .returning(chores.c.name)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None
