"""Search over the catalog: every word must be somewhere in what the product says about itself.

What is looked at is one text a product: a value a line, the better places first, each line begun by a character that
stands for its place and that nobody can type. So one LIKE a word finds, and the place of the first hit tells how good
it is, without taking the text apart.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection, Label, Row, Select, String, literal, select, type_coerce
from sqlalchemy import Column as TableColumn

from mesh_workbench.model.product import Column, Product
from mesh_workbench.model.search import Facet, SearchRequest
from mesh_workbench.registry.cursor import decode, encode
from mesh_workbench.registry.escape import plain_text, safe_text
from mesh_workbench.registry.tables.product import products

LABELS = ("name", "title", "tag", "owner", "column", "description")
"""Where a word can be found, the better place first."""
_MARKS = {label: chr(0xE000 + place) for place, label in enumerate(LABELS)}
_PLACES = {mark: place for place, mark in enumerate(_MARKS.values())}
_UNMARK = {ord(mark): None for mark in _MARKS.values()}

HealthOf = Callable[[Sequence[str]], Mapping[str, str]]
"""Health of products by id."""


class Found(NamedTuple):
    """One page of what was found, with counts over everything that matches."""

    items: list[tuple[Product, list[str]]]
    next: str | None
    total: int
    facets: dict[str, list[Facet]]


class _Hit(NamedTuple):
    """Sorted as shown: better ones first, then by name."""

    order: int
    full_name: str
    id: str


def search_lines(product: Product, columns: Iterable[Column] = ()) -> str:
    """What search looks at for `product`: lines such as `name:…` and `column:…`."""
    lines = [("name", product.full_name), ("title", product.title), ("owner", product.owner)]
    lines += [("tag", tag) for tag in product.tags]
    lines += [("column", column.name) for column in columns]
    lines.append(("description", product.description))
    return "\n".join(f"{label}:{' '.join(text.split())}" for label, text in lines if text.strip())


def folded_lines(text: str) -> str:
    """The lines as they are searched: folded, the better places first, with marks instead of labels."""
    lines = sorted(_parsed(text), key=lambda line: LABELS.index(line[0]))
    return "\n".join(f"{_MARKS[label]}{fold(value)}" for label, value in lines)


def fold(text: str) -> str:
    """`text` as it is compared: case and form of letters do not matter."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_UNMARK)


def search(
    connection: Connection,
    request: SearchRequest,
    build: Callable[[Row[Any]], Product],
    health_of: HealthOf | None,
) -> Found:
    """The page of `request`. One narrow scan finds and counts; whole rows are read for the page alone."""
    words = fold(request.text).split()
    rows = connection.execute(_matching(words)).all()
    health = health_of([row.id for row in rows]) if health_of else None
    hits, facets = _narrowed(rows, request, words, health)
    total = len(hits)
    hits.sort()
    if request.cursor is not None:
        after = tuple(decode(request.cursor, int, str))
        hits = [hit for hit in hits if (hit.order, hit.full_name) > after]
    shown = hits[: request.limit]
    following = encode(shown[-1].order, shown[-1].full_name) if len(hits) > len(shown) else None
    whole = {
        row.id: row for row in connection.execute(select(products).where(products.c.id.in_([hit.id for hit in shown])))
    }
    items = [(build(whole[hit.id]), _matched(whole[hit.id].search_source, words)) for hit in shown if hit.id in whole]
    return Found(items, following, total, facets)


def _matching(words: list[str]) -> Select[*tuple[Any, ...]]:
    # Names hold nothing that needs restoring, so they are read as they are: a thousand rows pass here.
    names = [_plain(products.c[name]) for name in ("id", "full_name", "domain", "status")]
    tags = type_coerce(products.c.document, JSON())["tags"].label("tags")
    text = _plain(products.c.search_text) if words else literal("").label("search_text")
    found = (products.c.search_text.contains(word, autoescape=True) for word in words)
    return select(*names, tags, text).where(*found)


def _plain(column: TableColumn[Any]) -> Label[str]:
    return type_coerce(column, String()).label(column.key)


def _narrowed(
    rows: Sequence[Any], request: SearchRequest, words: list[str], health: Mapping[str, str] | None
) -> tuple[list[_Hit], dict[str, list[Facet]]]:
    """Hits that meet every facet, and for each choice of a facet how many products it would leave."""
    chosen = {"domain": request.domains, "status": request.statuses, "tag": request.tags}
    if health is not None:
        chosen["health"] = request.health
    # Tags stay escaped here: what is counted, not every row, is restored.
    wanted = {facet: {safe_text(value) for value in values} for facet, values in chosen.items()}
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in wanted}
    hits = []
    for product_id, full_name, domain, status, tags, text in rows:
        values = {"domain": [domain], "status": [status], "tag": tags or []}
        if health is not None:
            values["health"] = [health[product_id]] if product_id in health else []
        missed = [facet for facet, choice in wanted.items() if choice and choice.isdisjoint(values[facet])]
        if not missed:
            hits.append(_Hit(_order(full_name, text, words), full_name, product_id))
        # Its own present choice does not count for a facet: one sees what another choice would give.
        for facet in wanted if not missed else missed if len(missed) == 1 else ():
            counts[facet].update(values[facet])
    return hits, {facet: _facets(counted) for facet, counted in counts.items()}


def _facets(counted: Counter[str]) -> list[Facet]:
    return [
        Facet(value=plain_text(value), count=count)
        for value, count in sorted(counted.items(), key=lambda c: (-c[1], c[0]))
    ]


def _order(full_name: str, text: str, words: list[str]) -> int:
    """Smaller is better: the product's own name, the beginning of a name, then the best place of any word."""
    if not words:
        return 0
    name = full_name.partition(".")[2]
    wanted = "_".join(words)
    if wanted in (name, full_name):
        return 0
    if name.startswith(wanted):
        return 1
    marks = [text[text.rfind("\n", 0, text.find(word)) + 1] for word in words]
    return 2 + min((_PLACES.get(mark, len(LABELS)) for mark in marks), default=len(LABELS))


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
