"""Ends of runs that nobody has been told of yet. Ending a run marks it so, in the same transaction."""

from __future__ import annotations

from sqlalchemy import select, true, update

from mesh_workbench.model.run import Run
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.run_rows import FINAL, runs_of
from mesh_workbench.registry.tables.run import runs


class Endings(Repository):
    """The way from ends of runs to notices: nothing is lost when a worker dies in between."""

    def products(self, limit: int = 100) -> list[str]:
        """Ids of products with such runs."""
        statement = (
            select(runs.c.product_id)
            .where(runs.c.untold == true())
            .group_by(runs.c.product_id)
            .order_by(runs.c.product_id)
            .limit(limit)
        )
        with self._db.read() as connection:
            return list(connection.execute(statement).scalars())

    def take(self, product_id: str) -> list[Run]:
        """These runs of a product in the order in which they ended; of several that take at once, one gets each.

        They count as told when the transaction around commits. What was queued again meanwhile is left out.
        """
        statement = (
            update(runs)
            .where(runs.c.product_id == product_id, runs.c.untold == true())
            .values(untold=False)
            .returning(*runs.c)
        )
        with self._db.write() as connection:
            rows = connection.execute(statement).all()
            ended = sorted((row for row in rows if row.state in FINAL), key=lambda row: (row.finished, row.id))
            return runs_of(connection, ended)
