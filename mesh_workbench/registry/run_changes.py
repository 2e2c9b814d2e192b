"""Changes of a run that somebody works on: each is one conditional update, and nothing without its conditions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Label, select, update

from mesh_workbench.errors import Broken, Conflict
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, Progress, Run, RunState
from mesh_workbench.registry.database import Database
from mesh_workbench.registry.queue import Queue
from mesh_workbench.registry.run_rows import anew, run_document, runs_of, stepped, unresolved
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.run import runs

_CHANGEABLE = frozenset(
    {"bytes", "checks", "drift", "failure", "fingerprint", "inputs", "progress", "release", "report_id", "rows"}
)
_CHANCE = random.SystemRandom()


class Changes(Queue):
    """What the worker's side of runs is made of; every method joins the transaction of its caller."""

    def _again(
        self, connection: Connection, conditions: list[Any], failure: Failure, policy: RetryPolicy
    ) -> Run | None:
        """Let the run wait for another attempt after `failure`; None when none is to follow, or none yet."""
        row = connection.execute(select(runs).where(*conditions, ~unresolved()).with_for_update()).first()
        if row is None or row.cancel_requested:
            return None
        policy = runs_of(connection, [row])[0].retry or policy
        chance = _CHANCE.random()
        pause_s = policy.pause_s(failure.failure_class, failure.code, made=row.retries, chance=chance)
        if pause_s is None:
            return None
        counted = {"retries": runs.c.retries + 1, "not_before": self._db.clock(pause_s)}
        return self._requeue(connection, conditions, RunState.FAILED, failure, counted)

    def _requeue(
        self,
        connection: Connection,
        conditions: list[Any],
        ended: RunState,
        failure: Failure | None = None,
        columns: Mapping[str, Any] = MappingProxyType({}),
    ) -> Run | None:
        """Close the newest attempt as `ended`, and let the run wait for the next one."""
        row = connection.execute(select(runs, clock_of(self._db)).where(*conditions).with_for_update()).first()
        if row is None:
            return None
        self._close(connection, row.id, row.attempt, ended, failure)
        run = runs_of(connection, [row])[0].model_copy(update=anew(row.clock))
        values = {
            "state": RunState.QUEUED.value,
            "worker_id": None,
            "lease_until": None,
            "revision": runs.c.revision + 1,
            "document": run_document(run),
            **columns,
        }
        after = connection.execute(update(runs).where(*conditions).values(values).returning(*runs.c)).first()
        return runs_of(connection, [after])[0] if after else None

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
        row = connection.execute(select(runs, clock_of(self._db)).where(*conditions).with_for_update()).first()
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


def clock_of(database: Database) -> Label[datetime]:
    return database.clock().label("clock")


def _not_mine(run_id: str) -> Conflict:
    return Conflict(
        "run.not-mine",
        f"The run {run_id} belongs to another worker now, or is over.",
        hint="Nothing needs to be done: whoever has it goes on.",
    )
