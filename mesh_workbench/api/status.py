"""How the workbench is."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench
from mesh_workbench.model.status import WorkbenchStatus

router = APIRouter(tags=["workbench"])


@router.get("/status", operation_id="getStatus", summary="How the workbench is, and who is asking")
def get_status(bench: Bench) -> WorkbenchStatus:
    return bench.catalog.status()
