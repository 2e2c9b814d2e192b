"""Runs: executions of product versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from mesh_workbench.api.access import Bench, Cursor, Id, Limit
from mesh_workbench.api.documents import NOTEBOOK, html, media, notebook, plain
from mesh_workbench.api.idempotency import IdempotencyKey, key_of
from mesh_workbench.api.prefix import location
from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.check import CheckReport, QuarantinedRow
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.run import Run, RunRequest

router = APIRouter(prefix="/runs", tags=["runs"])


@router.get("", operation_id="listRuns", summary="Runs, newest first")
def list_runs(
    bench: Bench,
    product: Annotated[str | None, Query(max_length=130, examples=["flight_ops.flights"])] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Run]:
    name = None if product is None else str(ProductName.parse(product))
    return bench.runs.list(name, cursor=cursor, limit=limit)


@router.post("", operation_id="requestRun", summary="Ask for a run; it is queued for a worker", status_code=201)
def request_run(
    bench: Bench, body: RunRequest, request: Request, response: Response, idempotency_key: IdempotencyKey = None
) -> Run:
    asked = body.model_copy(update={"trigger": "manual"})  # what caused it is not for the client to say
    run = bench.runs.request(asked, idempotency_key=key_of(bench.identity, idempotency_key))
    response.headers["Location"] = location(request, f"/runs/{run.id}")
    return run


@router.get("/{run_id}", operation_id="getRun", summary="One run")
def get_run(bench: Bench, run_id: Id) -> Run:
    return bench.runs.get(run_id)


@router.post("/{run_id}/cancel", operation_id="cancelRun", summary="Stop it")
def cancel_run(bench: Bench, run_id: Id) -> Run:
    return bench.runs.cancel(run_id)


@router.post("/{run_id}/retry", operation_id="retryRun", summary="Try it again: a new attempt of the same run")
def retry_run(
    bench: Bench,
    run_id: Id,
    force: Annotated[bool, Query(description="Also when nothing changed since the current release.")] = False,
) -> Run:
    return bench.runs.retry(run_id, force=force)


@router.get(
    "/{run_id}/notebook",
    operation_id="getRunNotebook",
    summary="The executed notebook, also of a failed run, as JSON text",
    response_class=Response,
    responses=media("The notebook.", NOTEBOOK),
)
def get_run_notebook(bench: Bench, run_id: Id) -> Response:
    return notebook(bench.runs.notebook(run_id))


@router.get(
    "/{run_id}/page",
    operation_id="getRunPage",
    summary="The executed notebook as a page to read: code hidden, the parameters on top",
    response_class=Response,
    responses=media("The page; it runs and loads nothing.", "text/html"),
)
def get_run_page(
    bench: Bench, run_id: Id, code: Annotated[bool, Query(description="Show the cells' code too.")] = False
) -> Response:
    return html(bench.runs.page(run_id, code=code))


@router.get(
    "/{run_id}/log",
    operation_id="getRunLog",
    summary="What worker and kernel printed",
    response_class=Response,
    responses=media("The log.", "text/plain"),
)
def get_run_log(bench: Bench, run_id: Id) -> Response:
    return plain(bench.runs.log(run_id))


@router.get("/{run_id}/report", operation_id="getRunReport", summary="What checking its data found")
def get_run_report(bench: Bench, run_id: Id) -> CheckReport:
    run = bench.runs.get(run_id)
    if run.report_id is None:
        raise NotFound(
            "report.none",
            f"Run {run_id} has no check report: it is {run.state}.",
            hint="A report is made when the notebook has run to its end.",
        )
    return bench.contracts.report(run.report_id)


@router.get("/{run_id}/quarantine", operation_id="listQuarantine", summary="Rows that broke a promise")
def list_quarantine(bench: Bench, run_id: Id, cursor: Cursor = None, limit: Limit = 50) -> Page[QuarantinedRow]:
    start = _position(cursor)
    rows = bench.runs.quarantine(run_id)
    items = [QuarantinedRow.model_validate(row) for row in rows.slice(start, limit).to_pylist()]
    return Page[QuarantinedRow](items=items, next=str(start + limit) if start + limit < rows.num_rows else None)


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 12):
        raise InvalidInput(
            "cursor.invalid", "That is not a cursor of this list.", hint="Take `next` of the page before, unchanged."
        )
    return int(cursor)
