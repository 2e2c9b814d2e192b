"""Search over the catalog."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mesh_workbench.api.access import Bench, Cursor, Limit
from mesh_workbench.model.search import SearchRequest, SearchResults

router = APIRouter(tags=["search"])
Choices = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=50, description="All when absent.")]


@router.get("/search", operation_id="search", summary="Products by words and facets, best first")
def search(
    bench: Bench,
    text: Annotated[str, Query(max_length=500, examples=["delay"])] = "",
    domain: Choices = [],  # noqa: B006  FastAPI copies it
    status: Choices = [],  # noqa: B006
    health: Choices = [],  # noqa: B006
    tag: Choices = [],  # noqa: B006
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SearchResults:
    return bench.catalog.search(
        SearchRequest(text=text, domains=domain, statuses=status, health=health, tags=tag, cursor=cursor, limit=limit)
    )
