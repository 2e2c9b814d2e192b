"""Who works on which run. Each step is one conditional update that the database decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Label, func, insert, select, update

from mesh_workbench.errors import Broken, Conflict
from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.model.run import Failure, Progress, Run, RunState
from mesh_workbench.registry.database import Database
from mesh_workbench.registry.queue import Queue
from mesh_workbench.registry.run_rows import ACTIVE, FINAL, begun, run_document, runs_of, stepped, unresolved
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.run import runs

_CHANGEABLE = frozenset({"bytes", "failure", "fingerprint", "inputs", "progress", "release", "report_id", "rows"})
_NO_LIMITS = QueueLimits()
_LOST = Failure(
    failure_class="lost",
    code="run.lost",
    message="The worker that had this run did not answer any more.",
    hint="Run it again; when it happens often, look at the memory of the machine.",
)


class Claims(Queue):
    """The worker's side of runs."""

    def claim(
        self, worker_id: str, identity: str | None, lease_s: float, limits: QueueLimits = _NO_LIMITS
    ) -> Run | None:
        """Take the run that is next in the queue and start its next attempt, or None when none may be taken.

        `identity` narrows to runs on behalf of it; None takes anybody's. The claim is valid for `lease_s` seconds of
        the database's clock, until `heartbeat` renews it. `limits` hold for all workers together.
        """
        if not self._anything_waits(identity):
            return None
        with self._db.write() as connection:
            mine = runs.c.id == self._next(connection, identity, limits)
            first = connection.execute(select(runs.c.revision, runs.c.document, _clock(self._db)).where(mine)).first()
            if first is None:
                return None
            taken = {
                "state": RunState.STARTING.value,
                "attempt": runs.c.attempt + 1,
                "worker_id": worker_id,
                "lease_until": self._db.clock(lease_s),
                "not_before": None,
                "started": func.coalesce(runs.c.started, self._db.clock()),
                "revision": runs.c.revision + 1,
                "document": begun(first.document, first.clock),
            }
            waiting = (mine, runs.c.state == RunState.QUEUED.value, runs.c.revision == first.revision)
            row = connection.execute(update(runs).where(*waiting).values(taken).returning(*runs.c)).first()
            if row is None:
                return None
            attempt = {
                "run_id": row.id,
                "number": row.attempt,
                "worker": worker_id,
                "acting_identity": row.acting_identity,
                "state": RunState.STARTING.value,
                "started": first.clock,
            }
            connection.execute(insert(attempts).values(attempt))
            return runs_of(connection, [row])[0]

    def heartbeat(self, run_id: str, worker_id: str, attempt: int, lease_s: float) -> bool:
        """Renew a claim for `lease_s` seconds from now. False when the run is not this worker's any more."""
        statement = (
            update(runs)
            .where(*_owned(run_id, worker_id, attempt))
            .values(lease_until=self._db.clock(lease_s))
            .returning(runs.c.id)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None

    def owns(self, run_id: str, worker_id: str, attempt: int) -> bool:
        """Whether the run is not over and still this worker's."""
        with self._db.read() as connection:
            return connection.execute(select(runs.c.id).where(*_owned(run_id, worker_id, attempt))).first() is not None

    def advance(
        self,
        run_id: str,
        *,
        worker_id: str,
        attempt: int,
        state: RunState | None = None,
        progress: Progress | None = None,
        **changes: Any,
    ) -> Run:
        """Record where the run is. `changes` may set what _CHANGEABLE names.

        Raises Conflict `run.not-mine` when another worker has it, it was lost, or it is over.
        """
        if state is not None and (state.final or state is RunState.QUEUED):
            raise Broken("run.wrong-step", f"A run does not advance to {state.value}.")
        if progress is not None:
            changes["progress"] = progress
        with self._db.write() as connection:
            return self._change(connection, run_id, _owned(run_id, worker_id, attempt), state, changes)

    def finish(
        self,
        run_id: str,
        *,
        worker_id: str,
        attempt: int,
        state: RunState,
        failure: Failure | None = None,
        **changes: Any,
    ) -> Run:
        """End the run in a final state, and its attempt with it. Raises Conflict `run.not-mine`."""
        changes["failure"] = failure
        with self._db.write() as connection:
            return self._end(connection, run_id, _owned(run_id, worker_id, attempt), state, changes)

    def resolve(self, run_id: str, *, state: RunState, failure: Failure | None = None, **changes: Any) -> Run:
        """End the run whoever has it, for recovery, which speaks for a worker that is gone.

        Raises Conflict `run.not-mine` when the run is over already.
        """
        changes["failure"] = failure
        with self._db.write() as connection:
            return self._end(connection, run_id, [runs.c.id == run_id, runs.c.state.not_in(FINAL)], state, changes)

    def expired(self) -> list[Run]:
        """Runs whose lease is over, and which no unfinished publication holds."""
        statement = select(runs).where(runs.c.state.in_(ACTIVE), runs.c.lease_until < self._db.clock(), ~unresolved())
        with self._db.read() as connection:
            return runs_of(connection, connection.execute(statement.order_by(runs.c.id)).all())

    def lose(self, run: Run, *, retries: int) -> Run | None:
        """End the newest attempt of an expired run as lost: queue the run again, or fail it after `retries` losses.

        None when the lease was renewed, or somebody else did it. The attempt is the one that `run` was seen with.
        """
        attempt = run.attempts[-1].number
        gone = (runs.c.id == run.id, runs.c.attempt == attempt, runs.c.state.in_(ACTIVE))
        statement = (
            update(runs)
            .where(*gone, runs.c.lease_until < self._db.clock(), ~unresolved())
            .values(
                state=RunState.QUEUED.value,
                retries=runs.c.retries + 1,
                worker_id=None,
                lease_until=None,
                revision=runs.c.revision + 1,
            )
            .returning(*runs.c)
        )
        with self._db.write() as connection:
            row = connection.execute(statement).first()
            if row is None:
                return None
            if row.cancel_requested:
                return self._end(connection, run.id, [runs.c.id == run.id], RunState.CANCELLED, {})
            if row.retries > retries:
                return self._end(connection, run.id, [runs.c.id == run.id], RunState.FAILED, {"failure": _LOST})
            self._close(connection, run.id, attempt, RunState.FAILED, _LOST)
            return self._change(connection, run.id, [runs.c.id == run.id], None, {"progress": Progress()})

    def give_back(self, run_id: str, *, worker_id: str, attempt: int) -> bool:
        """Put a run back into the queue when its worker is stopped.

        False when it is not this worker's, or is being published, which must end first.
        """
        statement = (
            update(runs)
            .where(*_owned(run_id, worker_id, attempt), ~unresolved())
            .values(state=RunState.QUEUED.value, worker_id=None, lease_until=None, revision=runs.c.revision + 1)
            .returning(runs.c.id)
        )
        with self._db.write() as connection:
            if connection.execute(statement).first() is None:
                return False
            self._close(connection, run_id, attempt, RunState.CANCELLED, None)
            self._change(connection, run_id, [runs.c.id == run_id], None, {"progress": Progress()})
            return True

    def _anything_waits(self, identity: str | None) -> bool:
        """A look that takes no lock, so that idle workers do not hold up those who write."""
        statement = select(runs.c.id).where(runs.c.state == RunState.QUEUED.value, self._ready()).limit(1)
        if identity is not None:
            statement = statement.where(runs.c.acting_identity == identity)
        with self._db.read() as connection:
            return connection.execute(statement).first() is not None

    def _end(
        self, connection: Connection, run_id: str, conditions: list[Any], state: RunState, changes: dict[str, Any]
    ) -> Run:
        if not state.final:
            raise Broken("run.wrong-step", f"A run does not end as {state.value}.")
        changes.setdefault("progress", Progress(step="done"))
        ended = self._change(connection, run_id, conditions, state, changes)
        if ended.attempts:
            self._close(connection, run_id, ended.attempts[-1].number, state, ended.failure)
            row = connection.execute(select(runs).where(runs.c.id == run_id)).one()
            return runs_of(connection, [row])[0]
        return ended

    def _change(
        self,
        connection: Connection,
        run_id: str,
        conditions: list[Any],
        state: RunState | None,
        changes: dict[str, Any],
    ) -> Run:
        """Merge `changes` into the document and set the state, under `conditions`.

        The row is held from reading to writing: the document is replaced as a whole.
        """
        unknown = changes.keys() - _CHANGEABLE
        if unknown:
            raise Broken("run.wrong-change", f"A run's {', '.join(sorted(unknown))} cannot be changed.")
        row = connection.execute(select(runs, _clock(self._db)).where(*conditions).with_for_update()).first()
        if row is None:
            raise _not_mine(run_id)
        changed = runs_of(connection, [row])[0]
        if "progress" in changes:
            changes["steps"] = stepped(changed.steps, changes["progress"].step, row.clock)
        changed = changed.model_copy(update=changes)
        values: dict[str, Any] = {"document": run_document(changed), "revision": runs.c.revision + 1}
        if state is not None:
            values["state"] = state.value
            if state.final:
                untold = state is not RunState.CANCELLED
                values |= {"finished": self._db.clock(), "lease_until": None, "untold": untold}
        after = connection.execute(update(runs).where(*conditions).values(values).returning(*runs.c)).first()
        if after is None:
            raise _not_mine(run_id)
        return runs_of(connection, [after])[0]

    def _close(
        self, connection: Connection, run_id: str, number: int, state: RunState, failure: Failure | None
    ) -> None:
        connection.execute(
            update(attempts)
            .where(attempts.c.run_id == run_id, attempts.c.number == number, attempts.c.finished.is_(None))
            .values(
                state=state.value,
                finished=self._db.clock(),
                failure=failure.model_dump(mode="json") if failure else None,
            )
        )


def _clock(database: Database) -> Label[datetime]:
    return database.clock().label("clock")


def _owned(run_id: str, worker_id: str, attempt: int) -> list[Any]:
    return [
        runs.c.id == run_id,
        runs.c.worker_id == worker_id,
        runs.c.attempt == attempt,
        runs.c.state.in_(ACTIVE),
    ]


def _not_mine(run_id: str) -> Conflict:
    return Conflict(
        "run.not-mine",
        f"The run {run_id} belongs to another worker now, or is over.",
        hint="Nothing needs to be done: whoever has it goes on.",
    )
