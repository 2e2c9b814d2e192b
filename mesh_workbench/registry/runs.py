"""Runs: asking for them and looking at them. The worker's side of them is in `claims.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, case, func, insert, or_, select, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.registry.claims import CANCEL_S, Claims
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import batches
from mesh_workbench.registry.run_rows import (
    ACTIVE,
    FINAL,
    anew,
    run_columns,
    run_document,
    runs_of,
    stepped,
    unresolved,
)
from mesh_workbench.registry.tables.idempotency_key import idempotency_keys
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.product_version import product_versions
from mesh_workbench.registry.tables.run import runs
from mesh_workbench.registry.versions import rank_of


def _of_present_major(statement: Select[tuple[str]]) -> Select[tuple[str]]:
    """Only runs of the major version that their product is at; of a product that is at none, all."""
    ran, at, major = product_versions.alias(), product_versions.alias(), rank_of("1.0.0")
    return (
        statement.join(ran, ran.c.id == runs.c.version_id)
        .join(products, products.c.id == runs.c.product_id)
        .outerjoin(
            at, and_(at.c.product_id == products.c.id, at.c.version == products.c.document["version"].as_string())
        )
        .where(or_(at.c.id.is_(None), ran.c.rank // major == at.c.rank // major))
    )


class Runs(Claims):
    """Executions of product versions."""

    def add(self, run: Run, *, idempotency_key: str | None = None) -> Run:
        """Queue a new run. With a key that was used before, the run of that time is returned and nothing is added."""
        run = run.model_copy(update={"steps": stepped([], "queue", run.created)})
        with self._db.write() as connection:
            if idempotency_key is not None:
                row = {"key": idempotency_key, "run_id": run.id, "created": self._db.clock()}
                if not self._db.insert_new(connection, idempotency_keys, row):
                    earlier = self.by_idempotency(idempotency_key)
                    if earlier is not None:
                        return earlier
            connection.execute(insert(runs).values(run_columns(run)))
        return run

    def by_idempotency(self, key: str) -> Run | None:
        """The run that was requested with this key, or None."""
        statement = select(runs).join(idempotency_keys, idempotency_keys.c.run_id == runs.c.id)
        with self._db.read() as connection:
            found = runs_of(connection, connection.execute(statement.where(idempotency_keys.c.key == key)).all())
        return found[0] if found else None

    def get(self, run_id: str) -> Run | None:
        """The run with its attempts, or None."""
        with self._db.read() as connection:
            found = runs_of(connection, connection.execute(select(runs).where(runs.c.id == run_id)).all())
        return found[0] if found else None

    def cancel_request(self, run_id: str, *, within_s: float = CANCEL_S) -> Run:
        """Ask for the end of a run: a waiting one is cancelled at once, a running one by its worker.

        From now on its claim is not renewed, so that it ends after `within_s` seconds also when its worker does
        nothing, unless it is being published by then. Raises NotFound `run.not-found` and Conflict `run.over`.
        """
        lease = case((runs.c.cancel_requested, runs.c.lease_until), else_=self._db.clock(within_s))
        asked = {"cancel_requested": True, "lease_until": lease, "revision": runs.c.revision + 1}
        going_on = (runs.c.id == run_id, runs.c.state.not_in(FINAL))
        statement = update(runs).where(*going_on).values(asked).returning(*runs.c)
        with self._db.write() as connection:
            row = connection.execute(statement).first()
            if row is None:
                raise self._over(run_id, "cancelled")
            if row.state == RunState.QUEUED.value:
                return self._end(connection, run_id, [runs.c.id == run_id], RunState.CANCELLED, {})
            return runs_of(connection, [row])[0]

    def requeue(self, run_id: str, *, acting_identity: str | None = None, forced: bool = False) -> Run:
        """Queue a failed or cancelled run again; its next attempt is a new one.

        It acts on behalf of `acting_identity`, who asks for it, or as before. With `forced` it runs also when nothing
        changed meanwhile.

        Raises NotFound `run.not-found`, Conflict `run.over` when it succeeded or still goes on, and Conflict
        `run.unresolved` while a publication of it is unfinished.
        """
        retriable = (runs.c.id == run_id, runs.c.state.in_([RunState.FAILED.value, RunState.CANCELLED.value]))
        with self._db.write() as connection:
            clock = self._db.clock().label("clock")
            row = connection.execute(select(runs, clock).where(*retriable).with_for_update()).first()
            if row is None:
                raise self._over(run_id, "tried again")
            fresh = anew(row.clock) | ({"forced": True} if forced else {})
            run = runs_of(connection, [row])[0].model_copy(update=fresh)
            statement = (
                update(runs)
                .where(*retriable, ~unresolved())
                .values(
                    state=RunState.QUEUED.value,
                    acting_identity=acting_identity or row.acting_identity,
                    retries=0,
                    queued=row.clock,
                    not_before=None,
                    cancel_requested=False,
                    worker_id=None,
                    finished=None,
                    revision=runs.c.revision + 1,
                    document=run_document(run),
                )
                .returning(*runs.c)
            )
            after = connection.execute(statement).first()
            if after is None:
                raise Conflict(
                    "run.unresolved",
                    f"The run {run_id} is still being published or recovered.",
                    hint="Try again in a moment.",
                )
            return runs_of(connection, [after])[0]

    def counts(self) -> tuple[int, int]:
        """How many runs wait, and how many are worked on."""
        statement = (
            select(runs.c.state, func.count())
            .where(runs.c.state.in_([RunState.QUEUED.value, *ACTIVE]))
            .group_by(runs.c.state)
        )
        with self._db.read() as connection:
            counted = {row[0]: int(row[1]) for row in connection.execute(statement)}
        return counted.pop(RunState.QUEUED.value, 0), sum(counted.values())

    def latest_for(self, product_ids: Sequence[str], *, current: bool = False) -> dict[str, Run]:
        """The newest run of each product that has one; with `current` of its present major version, not of older ones
        that go on beside it."""
        found: dict[str, Run] = {}
        with self._db.read() as connection:
            for batch in batches(product_ids):
                newest = select(func.max(runs.c.id)).where(runs.c.product_id.in_(batch)).group_by(runs.c.product_id)
                if current:
                    newest = _of_present_major(newest)
                for run in runs_of(connection, connection.execute(select(runs).where(runs.c.id.in_(newest))).all()):
                    found[run.product_id] = run
        return found

    def lease_of(self, run_id: str) -> datetime | None:
        """Until when the present claim is valid, or None."""
        with self._db.read() as connection:
            return connection.execute(select(runs.c.lease_until).where(runs.c.id == run_id)).scalar()

    def _over(self, run_id: str, what: str) -> Conflict | NotFound:
        run = self.get(run_id)
        if run is None:
            return NotFound("run.not-found", f"There is no run {run_id}.", hint="`mesh runs` lists them.")
        return Conflict(
            "run.over",
            f"The run {run_id} is {run.state.value} and cannot be {what}.",
            hint="Request a new run instead.",
        )

    def list(self, product_id: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Run]:
        """Runs of a product or of all, the newest first."""
        statement = select(runs)
        if product_id is not None:
            statement = statement.where(runs.c.product_id == product_id)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                runs.c.id,
                lambda rows: runs_of(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )
