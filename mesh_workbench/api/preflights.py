"""Preflights: notebooks tried out before they are promoted."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from mesh_workbench.api.access import Bench, Id
from mesh_workbench.api.prefix import location
from mesh_workbench.model.preflight import Preflight, PreflightRequest

router = APIRouter(prefix="/preflights", tags=["promotion"])


@router.post(
    "",
    operation_id="startPreflight",
    summary="Try a notebook out in a clean kernel, in a process of your own; publishes nothing",
    status_code=201,
)
def start_preflight(bench: Bench, body: PreflightRequest, request: Request, response: Response) -> Preflight:
    begun = bench.preflights.start(body)
    response.headers["Location"] = location(request, f"/preflights/{begun.id}")
    return begun


@router.get("/{preflight_id}", operation_id="getPreflight", summary="How it stands, and its checklist")
def get_preflight(bench: Bench, preflight_id: Id) -> Preflight:
    return bench.preflights.get(preflight_id)


@router.post("/{preflight_id}/cancel", operation_id="cancelPreflight", summary="Stop it")
def cancel_preflight(bench: Bench, preflight_id: Id) -> Preflight:
    return bench.preflights.cancel(preflight_id)
