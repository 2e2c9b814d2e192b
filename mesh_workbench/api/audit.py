"""The audit trail."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench, Cursor, Limit
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import Page

router = APIRouter(tags=["access"])


@router.get("/audit", operation_id="listAudit", summary="Changes and decisions, newest first")
def list_audit(bench: Bench, cursor: Cursor = None, limit: Limit = 50) -> Page[AuditRecord]:
    return bench.catalog.audit(cursor=cursor, limit=limit)
