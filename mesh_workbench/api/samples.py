"""A few rows of a product, to look at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mesh_workbench.api.access import Bench, FullName, PortQuery, Slot
from mesh_workbench.model.names import check_name
from mesh_workbench.model.query import RowsPage

router = APIRouter(tags=["releases"])


@router.get("/products/{domain}/{product}/sample", operation_id="getSample", summary="Some rows of the current release")
def get_sample(
    bench: Bench,
    name: FullName,
    port: PortQuery = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Rows at most.")] = 50,
    slot: Slot = None,
) -> RowsPage:
    full = name if port is None else f"{name}.{check_name(port, 'port name')}"
    return bench.query.sample(full, limit=limit, slot=slot)
