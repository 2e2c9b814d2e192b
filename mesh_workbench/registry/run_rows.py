"""How a run is spread over its row and the rows of its attempts, and put together again.

Columns win over the document: state, lease and times change by conditional updates of columns alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, exists, select

from mesh_workbench.model.publication import PublicationState
from mesh_workbench.model.run import FINAL_STATES, Attempt, Progress, Run, RunState, Step, StepTime
from mesh_workbench.registry.repository import batches, document_of
from mesh_workbench.registry.tables.attempt import attempts
from mesh_workbench.registry.tables.publication import publications
from mesh_workbench.registry.tables.run import runs

FINAL = [state.value for state in FINAL_STATES]
ACTIVE = [state.value for state in RunState if not state.final and state is not RunState.QUEUED]
"""States of a run that some worker works on."""
OPEN = [RunState.QUEUED.value, *ACTIVE]
"""States of a run that is not over."""

_COLUMNS = (
    "acting_identity",
    "state",
    "not_before",
    "cancel_requested",
    "started",
    "finished",
    "revision",
)


def run_document(run: Run) -> dict[str, Any]:
    """The document of a run, without what columns and attempts hold, and what changes with the queue."""
    return document_of(run, "attempts", "waiting", *_COLUMNS)


def run_columns(run: Run) -> dict[str, Any]:
    """The row of a new run."""
    return {
        "id": run.id,
        "product_id": run.product_id,
        "version_id": run.version_id,
        "slot_id": run.slot_id,
        "acting_identity": run.acting_identity,
        "domain": run.product.partition(".")[0],
        "rank": -run.priority,
        "queued": run.created,
        "not_before": run.not_before,
        "backfill_id": run.backfill_id,
        "state": run.state.value,
        "created": run.created,
        "started": run.started,
        "finished": run.finished,
        "revision": run.revision,
        "document": run_document(run),
    }


def stepped(steps: Sequence[StepTime], step: Step | Literal["done"], moment: datetime) -> list[StepTime]:
    """The steps of an attempt when `step` begins: the one before ends. With `queue` the next attempt begins."""
    if step == "queue":
        return [StepTime(step="queue", began=moment)]
    if steps and steps[-1].step == step:
        return [*steps]
    ended = [each if each.ended else each.model_copy(update={"ended": moment}) for each in steps]
    return ended if step == "done" else [*ended, StepTime(step=step, began=moment)]


def anew(moment: datetime) -> dict[str, Any]:
    """The changes by which a run waits for its next attempt; what earlier ones found is with them."""
    return {
        "failure": None,
        "drift": [],
        "fingerprint": "",
        "inputs": [],
        "progress": Progress(),
        "steps": stepped([], "queue", moment),
        "rows": {},
        "bytes": {},
        "checks": {},
    }


def begun(document: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The document of a run that waited and now begins."""
    steps = stepped([StepTime.model_validate(step) for step in document.get("steps", [])], "start", moment)
    progress = Progress(step="start").model_dump(mode="json")
    return {**document, "progress": progress, "steps": [step.model_dump(mode="json") for step in steps]}


def runs_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[Run]:
    """The runs of rows of the table, in their order, with their attempts."""
    tried: dict[str, list[Attempt]] = {}
    for batch in batches([row.id for row in rows if row.attempt]):
        statement = select(attempts).where(attempts.c.run_id.in_(batch)).order_by(attempts.c.run_id, attempts.c.number)
        for row in connection.execute(statement):
            tried.setdefault(row.run_id, []).append(
                Attempt(
                    number=row.number,
                    worker=row.worker,
                    acting_identity=row.acting_identity,
                    started=row.started,
                    finished=row.finished,
                    state=RunState(row.state),
                    failure=row.failure,
                )
            )
    return [
        Run.model_validate(
            {**row.document, **{name: getattr(row, name) for name in _COLUMNS}, "attempts": tried.get(row.id, [])}
        )
        for row in rows
    ]


def unresolved(of: Any = runs) -> ColumnElement[bool]:
    """Whether a publication of the run is unfinished: until the log has said what became of it, nothing may start."""
    return exists().where(publications.c.run_id == of.c.id, publications.c.state == PublicationState.PREPARED.value)
