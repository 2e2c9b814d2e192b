"""Backfills: ranges of slots, computed again or for the first time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from mesh_workbench.api.access import Bench, Cursor, Id, Limit
from mesh_workbench.api.bodies import Reason
from mesh_workbench.api.prefix import location
from mesh_workbench.model.backfill import Backfill, BackfillPlan, BackfillRequest, BackfillSlot
from mesh_workbench.model.base import Page
from mesh_workbench.model.names import ProductName

router = APIRouter(prefix="/backfills", tags=["backfills"])


@router.get("", operation_id="listBackfills", summary="Backfills, newest first")
def list_backfills(
    bench: Bench,
    product: Annotated[str | None, Query(max_length=130, examples=["flight_ops.flights"])] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Backfill]:
    name = None if product is None else str(ProductName.parse(product))
    return bench.backfills.list(name, cursor=cursor, limit=limit)


@router.post("/plan", operation_id="planBackfill", summary="What a backfill would do; stores nothing")
def plan_backfill(bench: Bench, body: BackfillRequest) -> BackfillPlan:
    return bench.backfills.plan(body)


@router.post("", operation_id="beginBackfill", summary="Compute a range of slots, a few at a time", status_code=201)
def begin_backfill(bench: Bench, body: BackfillRequest, request: Request, response: Response) -> Backfill:
    begun = bench.backfills.begin(body)
    response.headers["Location"] = location(request, f"/backfills/{begun.id}")
    return begun


@router.get("/{backfill_id}", operation_id="getBackfill", summary="One backfill, with its slots counted by state")
def get_backfill(bench: Bench, backfill_id: Id) -> Backfill:
    return bench.backfills.get(backfill_id)


@router.get("/{backfill_id}/slots", operation_id="listBackfillSlots", summary="Its slots, in the order they run")
def list_backfill_slots(bench: Bench, backfill_id: Id, cursor: Cursor = None, limit: Limit = 100) -> Page[BackfillSlot]:
    return bench.backfills.slots(backfill_id, cursor=cursor, limit=limit)


@router.post("/{backfill_id}/pause", operation_id="pauseBackfill", summary="Begin no more of its runs")
def pause_backfill(bench: Bench, backfill_id: Id, body: Reason) -> Backfill:
    return bench.backfills.pause(backfill_id, reason=body.reason)


@router.post("/{backfill_id}/resume", operation_id="resumeBackfill", summary="Let it go on")
def resume_backfill(bench: Bench, backfill_id: Id) -> Backfill:
    return bench.backfills.resume(backfill_id)


@router.post("/{backfill_id}/cancel", operation_id="cancelBackfill", summary="End it, and its runs, for good")
def cancel_backfill(bench: Bench, backfill_id: Id, body: Reason) -> Backfill:
    return bench.backfills.cancel(backfill_id, reason=body.reason)
