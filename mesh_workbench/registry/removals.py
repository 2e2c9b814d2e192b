"""What is left of runs that are over, and what retention removed of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, select

from mesh_workbench.model.retention import PastRun, Removal
from mesh_workbench.model.run import RunState
from mesh_workbench.registry.repository import Repository, batches
from mesh_workbench.registry.run_rows import FINAL, unresolved
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.release import releases
from mesh_workbench.registry.tables.removal import removals
from mesh_workbench.registry.tables.run import runs


class Removals(Repository):
    """The registry's side of retention."""

    def past_runs(self) -> list[PastRun]:
        """Every run that is over and of which no publication is unfinished, of each product the newest first."""
        statement = (
            select(
                runs.c.id,
                runs.c.product_id,
                products.c.full_name,
                runs.c.state,
                func.coalesce(runs.c.finished, runs.c.created, type_=runs.c.created.type).label("finished"),
                exists().where(releases.c.run_id == runs.c.id).label("released"),
            )
            .join(products, products.c.id == runs.c.product_id)
            .where(runs.c.state.in_(FINAL), ~unresolved())
            .order_by(runs.c.product_id, runs.c.id.desc())
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [
            PastRun(
                run_id=row.id,
                product_id=row.product_id,
                product=row.full_name,
                failed=row.state == RunState.FAILED.value,
                finished=row.finished,
                released=row.released,
            )
            for row in rows
        ]

    def hold(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that are still over. Inside a transaction none of them can be tried again until its end."""
        held: set[str] = set()
        with self._db.write() as connection:
            for batch in batches(run_ids):
                # SQLite ignores FOR UPDATE: its transaction is alone anyway.
                statement = select(runs.c.id).where(runs.c.id.in_(batch), runs.c.state.in_(FINAL), ~unresolved())
                held |= set(connection.execute(statement.order_by(runs.c.id).with_for_update()).scalars())
        return held

    def record(self, made: Sequence[Removal]) -> None:
        """Write down what was removed; of a run and a kind the newest counts."""
        with self._db.write() as connection:
            for removal in made:
                row = removal.model_dump()
                statement = self._db.insert(removals).values(row)
                connection.execute(statement.on_conflict_do_update(index_elements=["run_id", "kind"], set_=row))

    def of(self, run_id: str) -> list[Removal]:
        """What was removed of a run, the newest first."""
        statement = select(removals).where(removals.c.run_id == run_id).order_by(removals.c.at.desc())
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [Removal.model_validate(dict(row._mapping)) for row in rows]
