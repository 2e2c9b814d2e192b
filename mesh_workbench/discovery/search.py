"""Search over names, titles, descriptions, owners, tags and columns, with facets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh_workbench.discovery.catalog import healths, summaries
from mesh_workbench.model.search import SearchHit, SearchRequest, SearchResults

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def search(registry: Registry, request: SearchRequest) -> SearchResults:
    """Products that hold every word of `request.text`, best first, with the counts of every facet."""

    def health_of(product_ids: Sequence[str]) -> dict[str, str]:
        return {product: health.state.value for product, health in healths(registry, product_ids).items()}

    found, following, total, facets = registry.products.search(request, health_of=health_of)
    lines = summaries(registry, [product for product, _ in found])
    hits = [SearchHit(product=line, matched=matched) for line, (_, matched) in zip(lines, found, strict=True)]
    return SearchResults(items=hits, next=following, total=total, facets=facets)
