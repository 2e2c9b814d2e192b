"""impact: whom a change of a column would hit, products and people, by recorded lineage and the log of reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle.consumers import WINDOW
from mesh_workbench.lifecycle.lineage_graph import Findable, lineage
from mesh_workbench.model.lineage import Confidence, Impact, ImpactedPerson, ImpactedProduct, Lineage, Transformation
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.product import Product

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

_SURE = [Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE]


def impact(
    registry: Registry, product: Product, column: str, *, findable: Findable, named: Callable[[Product], bool]
) -> Impact:
    """Products that are made from the column, however far, and people who read it or what is made from it.

    `named` says of a product whether the asker may see who reads it. Raises NotFound `lineage.unknown-column`.
    """
    graph = lineage(registry, product, findable=findable, up=False, column=column)
    touched: dict[str, set[str] | None] = {graph.product: {column.rpartition(".")[2].lower()}}
    products = [_product(registry, graph, node.id, touched) for node in graph.nodes if node.depth > 0]
    people: list[ImpactedPerson] = []
    unnamed: set[str] = set()
    for name, columns in touched.items():
        read = ProductName.parse(name)
        one = registry.products.get(read.domain, read.product)
        if one is not None:
            found = _people(registry, one, columns)
            if named(one):
                people += found
            else:
                unnamed |= {person.name for person in found}
    return Impact(
        product=product.full_name,
        column=column,
        products=products,
        people=people,
        people_count=len(unnamed | {person.name for person in people}),
    )


def _product(registry: Registry, graph: Lineage, node_id: str, touched: dict[str, set[str] | None]) -> ImpactedProduct:
    node = next(node for node in graph.nodes if node.id == node_id)
    ways = [edge for edge in graph.columns if edge.target == node_id]
    every = any(edge.target_column is None for edge in ways)
    columns = sorted({f"{edge.target_port}.{edge.target_column}" for edge in ways if edge.target_column})
    owner = ""
    if node.name is not None:
        touched[node.name] = None if every else {edge.target_column.lower() for edge in ways if edge.target_column}
        name = ProductName.parse(node.name)
        found = registry.products.get(name.domain, name.product)
        owner = found.owner if found is not None else ""
    return ImpactedProduct(
        name=node.name,
        depth=node.depth,
        owner=owner,
        columns=columns,
        every=every,
        kinds=[kind for kind in Transformation if any(edge.kind is kind for edge in ways)],
        confidence=min((edge.confidence for edge in ways), key=_SURE.index, default=Confidence.POSSIBLE),
    )


def _people(registry: Registry, product: Product, columns: set[str] | None) -> list[ImpactedPerson]:
    """People who read one of the columns lately; any for None."""
    found: dict[str, ImpactedPerson] = {}
    for use in registry.reads.uses(product.id, registry.now() - WINDOW):
        concerned = [column for column in use.columns if columns is None or column.lower() in columns]
        if use.product is not None or (use.columns and not concerned):
            continue
        before = found.get(use.identity)
        read = None if not use.columns or (before and before.columns is None) else concerned
        found[use.identity] = ImpactedPerson(
            name=use.identity,
            product=product.full_name,
            columns=None if read is None else sorted({*read, *((before and before.columns) or [])}),
            last_read=max(use.last, before.last_read) if before else use.last,
            reads=use.reads + (before.reads if before else 0),
        )
    return [found[name] for name in sorted(found)]
