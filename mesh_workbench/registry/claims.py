"""Who works on which run. Each step is one conditional update that the database decides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, false, func, insert, select, update

from mesh_workbench.errors import Broken
from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, Progress, Run, RunState
from mesh_workbench.registry.run_changes import Changes, clock_of
from mesh_workbench.registry.run_rows import ACTIVE, FINAL, begun, runs_of, unresolved
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.run import runs

CANCEL_S = 7.0
"""Seconds after which a run whose end was asked for ends, whatever its worker does."""
_NO_LIMITS = QueueLimits()
_LOST = Failure(
    failure_class="lost",
    code="run.lost",
    message="The worker that had this run did not answer any more.",
    hint="Run it again; when it happens often, look at the memory of the machine.",
)


class Claims(Changes):
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
            first = connection.execute(select(runs.c.revision, runs.c.document, clock_of(self._db)).where(mine)).first()
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
        """Renew a claim for `lease_s` seconds from now. False when the run is not this worker's any more.

        Once somebody asked for its end, the claim of a run is not renewed: it ends soon, whatever happens.
        """
        kept = case((runs.c.cancel_requested, runs.c.lease_until), else_=self._db.clock(lease_s))
        statement = update(runs).where(*_owned(run_id, worker_id, attempt)).values(lease_until=kept)
        with self._db.write() as connection:
            return connection.execute(statement.returning(runs.c.id)).first() is not None

    def owns(self, run_id: str, worker_id: str, attempt: int) -> bool:
        """Whether the run is not over and still this worker's."""
        with self._db.read() as connection:
            return connection.execute(select(runs.c.id).where(*_owned(run_id, worker_id, attempt))).first() is not None

    def goes_on(self, run_id: str, worker_id: str, attempt: int) -> bool:
        """Whether the run is still this worker's, and nobody asked for its end."""
        conditions = (*_owned(run_id, worker_id, attempt), runs.c.cancel_requested == false())
        with self._db.read() as connection:
            return connection.execute(select(runs.c.id).where(*conditions)).first() is not None

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
        retry: RetryPolicy | None = None,
        **changes: Any,
    ) -> Run:
        """End the attempt, and with it the run in a final state; with `retry` it may wait for another attempt instead.

        The run's own policy goes before `retry`. Raises Conflict `run.not-mine`.
        """
        owned = _owned(run_id, worker_id, attempt)
        with self._db.write() as connection:
            again = self._again(connection, owned, failure, retry) if failure and retry else None
            return again or self._end(connection, run_id, owned, state, {**changes, "failure": failure})

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

    def lose(self, run: Run, *, retry: RetryPolicy) -> Run | None:
        """End the newest attempt of an expired run as lost, and the run with it unless it is tried again.

        None when the lease was renewed, or somebody else did it. The attempt is the one that `run` was seen with.
        """
        gone = [
            runs.c.id == run.id,
            runs.c.attempt == run.attempts[-1].number,
            runs.c.state.in_(ACTIVE),
            runs.c.lease_until < self._db.clock(),
            ~unresolved(),
        ]
        with self._db.write() as connection:
            row = connection.execute(select(runs.c.cancel_requested).where(*gone).with_for_update()).first()
            if row is None:
                return None
            if row.cancel_requested:
                return self._end(connection, run.id, gone, RunState.CANCELLED, {})
            again = self._again(connection, gone, _LOST, retry)
            return again or self._end(connection, run.id, gone, RunState.FAILED, {"failure": _LOST})

    def give_back(self, run_id: str, *, worker_id: str, attempt: int) -> bool:
        """Put a run back into the queue when its worker is stopped; one whose end was asked for ends.

        False when it is not this worker's, or is being published, which must end first.
        """
        owned = [*_owned(run_id, worker_id, attempt), ~unresolved()]
        with self._db.write() as connection:
            row = connection.execute(select(runs.c.cancel_requested).where(*owned).with_for_update()).first()
            if row is None:
                return False
            if row.cancel_requested:
                self._end(connection, run_id, owned, RunState.CANCELLED, {})
            else:
                self._requeue(connection, owned, RunState.CANCELLED)
            return True

    def newest_waiting(self) -> str:
        """Of the runs that wait the one that was asked for last, or nothing. One look into an index."""
        newest = select(func.max(runs.c.id)).where(runs.c.state == RunState.QUEUED.value)
        with self._db.read() as connection:
            return connection.execute(newest).scalar() or ""

    def _anything_waits(self, identity: str | None) -> bool:
        """A look that takes no lock, so that idle workers do not hold up those who write."""
        statement = select(runs.c.id).where(runs.c.state == RunState.QUEUED.value, self._ready()).limit(1)
        if identity is not None:
            statement = statement.where(runs.c.acting_identity == identity)
        with self._db.read() as connection:
            return connection.execute(statement).first() is not None


def _owned(run_id: str, worker_id: str, attempt: int) -> list[Any]:
    return [
        runs.c.id == run_id,
        runs.c.worker_id == worker_id,
        runs.c.attempt == attempt,
        runs.c.state.in_(ACTIVE),
    ]
