"""From what a product is made, what is made from it, and how much it is used."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from mesh_workbench.api.access import Bench, FullName
from mesh_workbench.model.lineage import Impact, Lineage
from mesh_workbench.model.usage import Usage

router = APIRouter(tags=["lineage"])
Column = Annotated[
    str | None, Query(max_length=600, description="Only the ways of this column, or port.column.", examples=["tailnum"])
]
Depth = Annotated[int, Query(ge=1, le=50, description="Steps from the product.")]


@router.get(
    "/products/{domain}/{product}/lineage", operation_id="getLineage", summary="What it is made from, and what from it"
)
def get_lineage(
    bench: Bench,
    name: FullName,
    column: Column = None,
    direction: Annotated[Literal["both", "up", "down"], Query(description="Upstream, downstream or both.")] = "both",
    depth: Depth = 10,
    release: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Release; the newest if absent.")] = None,
) -> Lineage:
    return bench.lineage.of(name, column=column, direction=direction, depth=depth, release=release)


@router.get(
    "/products/{domain}/{product}/impact", operation_id="getImpact", summary="Whom a change of a column would hit"
)
def get_impact(
    bench: Bench,
    name: FullName,
    column: Annotated[
        str, Query(min_length=1, max_length=600, description="Column, or port.column.", examples=["tailnum"])
    ],
) -> Impact:
    return bench.lineage.impact(name, column)


@router.get("/products/{domain}/{product}/usage", operation_id="getUsage", summary="How much it is used, and by whom")
def get_usage(
    bench: Bench,
    name: FullName,
    days: Annotated[int, Query(ge=1, le=3660, description="Days that count, today included.")] = 30,
) -> Usage:
    return bench.usage.of(name, days=days)
