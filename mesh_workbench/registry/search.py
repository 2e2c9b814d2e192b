"""Search over the catalog: every word must be somewhere in what the product says about itself."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from mesh_workbench.model.product import Column, Product
from mesh_workbench.model.search import Facet, SearchRequest
from mesh_workbench.registry.cursor import decode, encode
from mesh_workbench.registry.tables.product import products

LABELS = ("name", "title", "tag", "owner", "column", "description")
"""Where a word can be found, the better place first."""

HealthOf = Callable[[Sequence[str]], Mapping[str, str]]
"""Health of products by id."""


class Found(NamedTuple):
    """One page of what was found, with counts over everything that matches."""

    items: list[tuple[Product, list[str]]]
    next: str | None
    total: int
    facets: dict[str, list[Facet]]


class _Candidate(NamedTuple):
    id: str
    full_name: str
    order: int
    facets: dict[str, list[str]]


def search_lines(product: Product, columns: Iterable[Column] = ()) -> str:
    """What search looks at for `product`: lines such as `name:…` and `column:…`."""
    lines = [("name", product.full_name), ("title", product.title), ("owner", product.owner)]
    lines += [("tag", tag) for tag in product.tags]
    lines += [("column", column.name) for column in columns]
    lines.append(("description", product.description))
    return "\n".join(f"{label}:{' '.join(text.split())}" for label, text in lines if text.strip())


def folded_lines(text: str) -> str:
    """The lines without their labels, folded so that case and width of letters do not matter."""
    return "\n".join(fold(value) for _, value in _parsed(text))


def fold(text: str) -> str:
    """`text` as it is compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def search(
    connection: Connection,
    request: SearchRequest,
    build: Callable[[Row[Any]], Product],
    health_of: HealthOf | None,
) -> Found:
    """The page of `request`. One narrow scan finds and counts; whole rows are read for the page alone."""
    words = fold(request.text).split()
    candidates = _candidates(connection, words, health_of)
    chosen = {
        "domain": set(request.domains),
        "status": set(request.statuses),
        "tag": set(request.tags),
        **({"health": set(request.health)} if health_of else {}),
    }
    facets = {facet: _counts(candidates, chosen, facet) for facet in chosen}
    hits = sorted(
        (candidate for candidate in candidates if _passes(candidate, chosen)),
        key=lambda candidate: (candidate.order, candidate.full_name),
    )
    total = len(hits)
    if request.cursor is not None:
        order, full_name = decode(request.cursor, int, str)
        hits = [hit for hit in hits if (hit.order, hit.full_name) > (order, full_name)]
    shown = hits[: request.limit]
    following = encode(shown[-1].order, shown[-1].full_name) if len(hits) > len(shown) else None
    rows = {
        row.id: row for row in connection.execute(select(products).where(products.c.id.in_([hit.id for hit in shown])))
    }
    items = [(build(rows[hit.id]), _matched(rows[hit.id].search_source, words)) for hit in shown if hit.id in rows]
    return Found(items, following, total, facets)


def _candidates(connection: Connection, words: list[str], health_of: HealthOf | None) -> list[_Candidate]:
    wanted = [products.c.id, products.c.full_name, products.c.domain, products.c.status, products.c.document]
    statement = select(*wanted, products.c.search_source if words else products.c.id.label("search_source"))
    for word in words:
        statement = statement.where(products.c.search_text.contains(word, autoescape=True))
    rows = connection.execute(statement).all()
    health = health_of([row.id for row in rows]) if health_of else {}
    found = []
    for row in rows:
        order = _order(row.full_name, row.search_source, words) if words else 0
        facets = {"domain": [row.domain], "status": [row.status], "tag": row.document.get("tags", [])}
        if health_of:
            facets["health"] = [health[row.id]] if row.id in health else []
        found.append(_Candidate(row.id, row.full_name, order, facets))
    return found


def _passes(candidate: _Candidate, chosen: dict[str, set[str]], but: str = "") -> bool:
    return all(
        facet == but or not values or not values.isdisjoint(candidate.facets[facet]) for facet, values in chosen.items()
    )


def _counts(candidates: list[_Candidate], chosen: dict[str, set[str]], facet: str) -> list[Facet]:
    """How many products each choice of `facet` would leave: its own present choice does not count."""
    counts = Counter(
        value for candidate in candidates if _passes(candidate, chosen, but=facet) for value in candidate.facets[facet]
    )
    return [Facet(value=value, count=count) for value, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]


def _order(full_name: str, source: str, words: list[str]) -> int:
    """Smaller is better: the product's own name, the beginning of a name, then the best place of any word."""
    _, _, name = full_name.partition(".")
    wanted = "_".join(words)
    if wanted in (name, full_name):
        return 0
    if name.startswith(wanted):
        return 1
    places = [label for label, value in _parsed(source) if any(word in fold(value) for word in words)]
    return 2 + min((LABELS.index(place) for place in places), default=len(LABELS))


def _matched(source: str, words: list[str]) -> list[str]:
    """Where the words were, in words: name, title, …, or `column NAME`."""
    matched = []
    for label, value in _parsed(source):
        folded = fold(value)
        if any(word in folded for word in words):
            place = f"column {value}" if label == "column" else label
            if place not in matched:
                matched.append(place)
    return matched


def _parsed(source: str) -> list[tuple[str, str]]:
    """The lines as (label, value); a line without a label goes on the one before."""
    lines: list[tuple[str, str]] = []
    for line in source.split("\n"):
        label, colon, value = line.partition(":")
        if colon and label in LABELS:
            lines.append((label, value))
        elif lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line}")
    return lines
