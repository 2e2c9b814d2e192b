"""The lineage of a product as a graph: upstream from the releases that it was made from, downstream to all made of it.

What was recorded with releases counts; what the version that counts declares is added, so that a product that has not
run yet is not alone. A product that the asker may not find is in the graph without its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.lifecycle.lineage import columns_of
from mesh_workbench.model.lineage import (
    ColumnEdge,
    ColumnSource,
    Confidence,
    Lineage,
    LineageEdge,
    LineageNode,
    TableLineage,
    Transformation,
)
from mesh_workbench.model.names import PortName
from mesh_workbench.model.product import Health, Product

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.registry.lineage import Made

MOST_PRODUCTS = 200
"""Products that one graph holds at most."""

Findable = Callable[[Product], bool]
Healths = Callable[[Sequence[str]], Mapping[str, Health]]
"""Of product ids, how each of them is."""
Place = tuple[str, str | None, str | None]
"""Product id, port and column; None for all of them."""


def lineage(
    registry: Registry,
    product: Product,
    *,
    findable: Findable,
    healths: Healths = lambda _: {},
    up: bool = True,
    down: bool = True,
    depth: int = 10,
    release: int | None = None,
    column: str | None = None,
) -> Lineage:
    """What `product` (its `release`, else the newest) is made from, and what is made from it, `depth` steps far.

    With `column`, as COLUMN or PORT.COLUMN, only the ways of that column. Raises NotFound `lineage.no-such-release`,
    `lineage.unknown-column`.
    """
    with registry.snapshot():
        graph = _Graph(registry, product, findable, _number(registry, product, release))
        if up:
            graph.grow(depth, graph.sources)
        if down:
            graph.grow(depth, graph.targets)
        graph.load_columns()
        if column is not None:
            graph.follow(*_column(registry, product, graph.numbers[product.id], column))
        return graph.answer(column, healths)


@dataclass(frozen=True)
class _Edge:
    source: str
    target: str
    port: str
    made: Made | None = None


@dataclass
class _Graph:
    registry: Registry
    root: Product
    findable: Findable
    number: int | None
    numbers: dict[str, int | None] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], _Edge] = field(default_factory=dict)
    columns: list[ColumnEdge] = field(default_factory=list)
    kept: set[str] | None = None
    """Products on the ways of a column; None for all."""
    truncated: bool = False

    def __post_init__(self) -> None:
        self.numbers[self.root.id], self.depths[self.root.id] = self.number, 0

    def grow(self, depth: int, step: Callable[[str], Iterable[_Edge]]) -> None:
        """Go `depth` steps from the root, the nearest products first."""
        up = step == self.sources
        frontier = [self.root.id]
        for distance in range(1, depth + 1):
            reached: list[str] = []
            for product_id in frontier:
                for edge in step(product_id):
                    other = edge.source if up else edge.target
                    if other not in self.depths:
                        if len(self.depths) >= MOST_PRODUCTS:
                            self.truncated = True
                            continue
                        self.depths[other] = -distance if up else distance
                        self.numbers[other] = self._number_of(edge, up)
                        reached.append(other)
                    self.edges.setdefault((edge.source, edge.target, edge.port), edge)
            frontier = reached

    def sources(self, product_id: str) -> Iterator[_Edge]:
        number = self.numbers[product_id]
        recorded = self.registry.lineage.made_from(product_id, number) if number is not None else []
        for made in recorded:
            yield _Edge(made.upstream_id, product_id, made.port, made)
        newest = self.registry.versions.newest(product_id)
        latest = self.registry.releases.latest(product_id)
        if newest is None or (latest is not None and number != latest.number):
            return
        known = {(made.upstream_id, made.port) for made in recorded}
        for read in newest.inputs:
            name = PortName.parse(read.port)
            upstream = self.registry.products.get(name.domain, name.product)
            if upstream is not None:
                port = name.port or self._first(upstream)
                if (upstream.id, port) not in known:
                    yield _Edge(upstream.id, product_id, port)

    def targets(self, product_id: str) -> Iterator[_Edge]:
        found = self.registry.lineage.made_of(product_id)
        latest = self.registry.releases.latest_many([made.product_id for made in found])
        reading = set(self.registry.versions.reader_ids(self._product(product_id).full_name))
        known = set()
        for made in found:
            release = latest.get(made.product_id)
            if made.product_id in reading or (release is not None and release.number == made.number):
                known.add(made.product_id)
                yield _Edge(product_id, made.product_id, made.port, made)
        for reader in sorted(reading - known):
            version = self.registry.versions.newest(reader)
            for read in version.inputs if version is not None else []:
                name = PortName.parse(read.port)
                upstream = self.registry.products.get(name.domain, name.product)
                if upstream is not None and upstream.id == product_id:
                    yield _Edge(product_id, reader, name.port or self._first(upstream))

    def load_columns(self) -> None:
        """Say of each column of the graph from which others it is made; of an edge without such, only that it is."""
        for target in self.depths:
            edges = {(edge.source, edge.port) for edge in self.edges.values() if edge.target == target}
            if not edges:
                continue
            blob = self.registry.lineage.columns_blob(target, self.numbers[target])
            told = set()
            for port, table in columns_of(self.registry, blob).items():
                for made in _column_edges(target, port, table):
                    if (made.source, made.port) in edges:
                        told.add((made.source, made.port))
                        self.columns.append(made)
            for source, port in sorted(edges - told):
                unknown = {"kind": Transformation.UNKNOWN, "confidence": Confidence.POSSIBLE}
                place = {"column": None, "target_port": "", "target_column": None}
                self.columns.append(ColumnEdge(source=source, port=port, target=target, **place, **unknown))

    def follow(self, ports: list[str], column: str) -> None:
        """Keep the ways that lead to a column of the root, or from it."""
        starts: list[Place] = [(self.root.id, port, column) for port in ports]
        back = self._reached(starts, lambda edge: _target(edge), lambda edge: _source(edge))
        forth = self._reached(starts, lambda edge: _source(edge), lambda edge: _target(edge))
        self.columns = [edge for edge in self.columns if edge in back or edge in forth]
        self.kept = {self.root.id} | {name for edge in self.columns for name in (edge.source, edge.target)}
        pairs = {(edge.source, edge.target, edge.port) for edge in self.columns}
        self.edges = {key: edge for key, edge in self.edges.items() if key in pairs}

    def _reached(
        self, starts: list[Place], here: Callable[[ColumnEdge], Place], there: Callable[[ColumnEdge], Place]
    ) -> list[ColumnEdge]:
        found: list[ColumnEdge] = []
        waiting, seen = list(starts), set(starts)
        by_product: dict[str, list[ColumnEdge]] = {}
        for edge in self.columns:
            by_product.setdefault(here(edge)[0], []).append(edge)
        while waiting:
            place = waiting.pop()
            for edge in by_product.get(place[0], []):
                if _meets(here(edge), place):
                    found.append(edge)
                    if there(edge) not in seen:
                        seen.add(there(edge))
                        waiting.append(there(edge))
        return found

    def answer(self, column: str | None, healths: Healths) -> Lineage:
        ids = sorted(
            (one for one in self.depths if self.kept is None or one in self.kept), key=lambda one: self.depths[one]
        )
        products = self.registry.products.many(ids)
        shown = {one for one in ids if one == self.root.id or self.findable(products[one])}
        health = healths(sorted(shown))
        names: dict[str, str] = {}
        nodes = []
        for product_id in ids:
            product = products[product_id]
            seen = product_id in shown
            hidden = sum(name.startswith("hidden-") for name in names.values())
            names[product_id] = product.full_name if seen else f"hidden-{hidden + 1}"
            nodes.append(
                LineageNode(
                    id=names[product_id],
                    name=product.full_name if seen else None,
                    title=product.title if seen else "",
                    status=product.status.value if seen else "",
                    release=self.numbers[product_id] if seen else None,
                    depth=self.depths[product_id],
                    health=health.get(product_id),
                )
            )
        hidden_ids = {product_id for product_id, name in names.items() if name.startswith("hidden-")}
        return Lineage(
            product=self.root.full_name,
            release=self.number,
            column=column,
            nodes=sorted(nodes, key=lambda node: (node.depth, node.id)),
            edges=[
                LineageEdge(
                    source=names[edge.source],
                    target=names[edge.target],
                    port="" if edge.source in hidden_ids else edge.port,
                    release=edge.made.release if edge.made else None,
                    first=edge.made.first if edge.made else None,
                    made=edge.made.number if edge.made else None,
                )
                for edge in self.edges.values()
                if edge.source in names and edge.target in names
            ],
            columns=[_named(edge, names, hidden_ids) for edge in self.columns],
            truncated=self.truncated,
        )

    def _number_of(self, edge: _Edge, up: bool) -> int | None:
        if edge.made is not None:
            return edge.made.release if up else edge.made.number
        latest = self.registry.releases.latest(edge.source if up else edge.target)
        return latest.number if latest is not None else None

    def _product(self, product_id: str) -> Product:
        return self.registry.products.many([product_id])[product_id]

    def _first(self, product: Product) -> str:
        ports = self.registry.products.ports(product.id)
        return ports[0].name if ports else product.name


def _column_edges(target: str, port: str, table: TableLineage) -> Iterator[ColumnEdge]:
    for column in table.columns:
        for source in column.sources:
            yield _edge(source, target, port, column.column)
    for source in table.influences:
        yield _edge(source, target, port, None)


def _edge(source: ColumnSource, target: str, port: str, column: str | None) -> ColumnEdge:
    product_id, _, name = source.port.partition(".")
    return ColumnEdge(
        source=product_id,
        port=name,
        column=source.column,
        target=target,
        target_port=port,
        target_column=column,
        kind=source.kind,
        confidence=source.confidence,
    )


def _source(edge: ColumnEdge) -> Place:
    return edge.source, edge.port or None, edge.column


def _target(edge: ColumnEdge) -> Place:
    return edge.target, edge.target_port or None, edge.target_column


def _meets(one: Place, other: Place) -> bool:
    """Whether two places have something in common; None stands for all."""
    return one[0] == other[0] and all(
        mine is None or theirs is None or mine.lower() == theirs.lower()
        for mine, theirs in zip(one[1:], other[1:], strict=True)
    )


def _named(edge: ColumnEdge, names: dict[str, str], hidden: set[str]) -> ColumnEdge:
    changes: dict[str, object] = {"source": names[edge.source], "target": names[edge.target]}
    if edge.source in hidden:
        changes |= {"port": "", "column": None}
    if edge.target in hidden:
        changes |= {"target_port": "", "target_column": None}
    return edge.model_copy(update=changes)


def _number(registry: Registry, product: Product, release: int | None) -> int | None:
    latest = registry.releases.latest(product.id)
    if release is None:
        return latest.number if latest is not None else None
    if registry.releases.get(product.id, release) is None:
        raise NotFound(
            "lineage.no-such-release",
            f"{product.full_name} has no release {release}.",
            hint=f"The newest is {latest.number}." if latest else "It has not published anything yet.",
        )
    return release


def _column(registry: Registry, product: Product, number: int | None, text: str) -> tuple[list[str], str]:
    """The ports that have the column, and its name. Raises NotFound `lineage.unknown-column`."""
    release = registry.releases.get(product.id, number) if number is not None else None
    known = {port.port: list(decode_schema(port.arrow_schema).names) for port in (release.ports if release else [])}
    port, _, column = text.rpartition(".")
    if port in known and column in known[port]:
        return [port], column
    ports = [name for name, columns in known.items() if text in columns]
    if not ports:
        every = sorted({column for columns in known.values() for column in columns})
        raise NotFound(
            "lineage.unknown-column",
            f"{product.full_name} has no column {text!r}.",
            hint=did_you_mean(text, every) if every else "It has not published anything yet.",
        )
    return ports, text
