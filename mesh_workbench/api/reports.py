"""Check reports."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench, Id
from mesh_workbench.model.check import CheckReport

router = APIRouter(tags=["runs"])


@router.get("/reports/{report_id}", operation_id="getReport", summary="One check report")
def get_report(bench: Bench, report_id: Id) -> CheckReport:
    return bench.contracts.report(report_id)
