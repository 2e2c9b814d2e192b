"""Search over names, titles, descriptions, owners, tags and columns, with facets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mesh_workbench.discovery.catalog import summaries
from mesh_workbench.model.search import Facet, SearchHit, SearchRequest, SearchResults

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

COMPUTED_FACET_LIMIT = 200
"""Health is computed, not stored: up to so many hits it is a facet, beyond it is left out rather than guessed."""


def search(registry: Registry, request: SearchRequest) -> SearchResults:
    """Products that hold every word of `request.text`, best first."""
    if request.health:
        return _by_health(registry, request)
    found, following, total, facets = registry.products.search(request)
    lines = summaries(registry, [product for product, _ in found])
    hits = [SearchHit(product=line, matched=matched) for line, (_, matched) in zip(lines, found, strict=True)]
    if following is None and request.cursor is None:
        facets = {**facets, "health": _health_facet(hits)}
    return SearchResults(items=hits, next=following, total=total, facets=facets)


def _by_health(registry: Registry, request: SearchRequest) -> SearchResults:
    """Narrowing by health looks at the first hits only, since health is computed."""
    everything = request.model_copy(update={"health": [], "cursor": None, "limit": 100})
    hits: list[SearchHit] = []
    facets: dict[str, list[Facet]] = {}
    while len(hits) < COMPUTED_FACET_LIMIT:
        page = search(registry, everything)
        hits += page.items
        facets = facets or page.facets
        if page.next is None:
            break
        everything = everything.model_copy(update={"cursor": page.next})
    chosen = [hit for hit in hits if hit.product.health.state in request.health]
    return SearchResults(
        items=chosen[: request.limit], total=len(chosen), facets={**facets, "health": _health_facet(hits)}
    )


def _health_facet(hits: list[SearchHit]) -> list[Facet]:
    counted = Counter(hit.product.health.state.value for hit in hits)
    return [Facet(value=value, count=count) for value, count in counted.most_common()]
