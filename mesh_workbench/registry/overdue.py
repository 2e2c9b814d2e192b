"""Products that may be late: found by columns alone, so that looking costs little when none is."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select, union

from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import RunState
from mesh_workbench.registry.database import Database
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.tables.schedule import schedules


def may_be_amiss(database: Database, grace_s: float) -> ColumnElement[bool]:
    """Whether a product may be late by `grace_s` seconds, or failed in its newest run: a condition on its row."""
    then = database.clock(-grace_s)
    newest = (
        select(runs.c.state).where(runs.c.product_id == products.c.id).order_by(runs.c.id.desc()).limit(1)
    ).scalar_subquery()
    fire = select(schedules.c.id).where(
        schedules.c.product_id == products.c.id, schedules.c.paused == false(), schedules.c.next_fire < then
    )
    return or_(products.c.fresh_until < then, fire.exists(), newest.in_([RunState.FAILED.value, RunState.QUEUED.value]))


class Overdue(Repository):
    """Who is worth a closer look."""

    def products(self, grace_s: float) -> list[str]:
        """Ids of products for which something is overdue by `grace_s` seconds of the database's clock.

        A fire that nobody has taken up, a run that waits, or data that may be too old. Whether it makes a product late
        is `model.health`'s to say; retired products are left out.
        """
        then = self._db.clock(-grace_s)
        suspected = union(
            select(schedules.c.product_id).where(schedules.c.paused == false(), schedules.c.next_fire < then),
            select(runs.c.product_id).where(
                runs.c.state == RunState.QUEUED.value, runs.c.attempt == 0, runs.c.created < then
            ),
            select(products.c.id).where(products.c.fresh_until < then),
        ).subquery()
        statement = (
            select(products.c.id)
            .where(products.c.id.in_(select(suspected)), products.c.status != ProductStatus.RETIRED.value)
            .order_by(products.c.id)
        )
        with self._db.read() as connection:
            return list(connection.execute(statement).scalars())
