"""Search over the catalog."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.product import ProductSummary


class SearchRequest(Value):
    """What one looks for. Facets narrow; an empty list of a facet means all."""

    text: str = Field("", max_length=500, examples=["delay"])
    domains: list[str] = Field(default_factory=list)
    statuses: list[str] = Field(default_factory=list)
    health: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    cursor: str | None = None
    limit: int = Field(50, ge=1, le=100)


class Facet(Value):
    """One choice of a facet with how many products it would leave."""

    value: str
    count: int


class SearchHit(Value):
    """A product that was found, and where the words were."""

    product: ProductSummary
    matched: list[str] = Field(
        default_factory=list, description="Where: name, title, description, owner, tag, or column NAME."
    )


class SearchResults(Value):
    """Hits, best first, with facet counts."""

    items: list[SearchHit] = Field(default_factory=list)
    next: str | None = None
    total: int = 0
    facets: dict[str, list[Facet]] = Field(
        default_factory=dict, description="domain, status, health, tag: choices with counts."
    )
