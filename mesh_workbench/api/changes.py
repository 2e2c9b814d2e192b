"""Breaking changes: what consumers were told of, and their acknowledgement."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from mesh_workbench.api.access import Bench, Cursor, FullName, Limit
from mesh_workbench.api.bodies import Note
from mesh_workbench.model.base import Page
from mesh_workbench.model.breaking import BreakingChange
from mesh_workbench.model.promotion import PromotionRequest

router = APIRouter(tags=["changes"])
ChangeId = Annotated[str, Path(max_length=64, description="Id of the change.", examples=["brk_01k9…"])]


@router.get(
    "/products/{domain}/{product}/changes", operation_id="listChanges", summary="Breaking changes, newest first"
)
def list_changes(bench: Bench, name: FullName, cursor: Cursor = None, limit: Limit = 50) -> Page[BreakingChange]:
    return bench.changes.list(name, cursor=cursor, limit=limit)


@router.post("/promotions/announce", operation_id="announceChange", summary="Tell consumers what promoting breaks")
def announce_change(bench: Bench, body: PromotionRequest) -> BreakingChange:
    return bench.changes.announce(body)


@router.get("/changes/{change_id}", operation_id="getChange", summary="One breaking change, and who acknowledged it")
def get_change(bench: Bench, change_id: ChangeId) -> BreakingChange:
    return bench.changes.get(change_id)


@router.post("/changes/{change_id}/acknowledge", operation_id="acknowledgeChange", summary="Say that one is ready")
def acknowledge_change(bench: Bench, change_id: ChangeId, body: Note) -> BreakingChange:
    return bench.changes.acknowledge(change_id, note=body.note)
