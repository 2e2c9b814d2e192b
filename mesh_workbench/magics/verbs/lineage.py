"""`%mesh lineage DOMAIN.PRODUCT [COLUMN]`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.engine.display import Shown
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed
from mesh_workbench.model.lineage import Lineage, LineageNode

_USAGE = "%mesh lineage DOMAIN.PRODUCT [COLUMN]"
_HIDDEN = "a product that you may not see"


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:  # noqa: ARG001
    name, _, column = needed(text, _USAGE).partition(" ")
    found = workbench().lineage.of(name, column=column.strip() or None)
    return _ways(found) if found.column else _products(found)


def _products(found: Lineage) -> Listing:
    nodes = {node.id: node for node in found.nodes}
    rows = [
        [
            "made from" if nodes[edge.target].depth <= 0 else "read by",
            _called(nodes[edge.source]),
            edge.release,
            _called(nodes[edge.target]),
            edge.made,
        ]
        for edge in sorted(found.edges, key=lambda edge: (nodes[edge.target].depth, edge.source, edge.target))
    ]
    columns = ("", "from", "release", "to", "in release")
    return Listing(
        Shown(columns, [""] * 5, rows, total=len(rows), unit="link", of_data=False),
        empty=f"{found.product} reads no other product, and no product reads it.",
    )


def _ways(found: Lineage) -> Listing:
    nodes = {node.id: node for node in found.nodes}
    rows = [
        [
            f"{_called(nodes[edge.source])}.{edge.column or '*'}",
            f"{_called(nodes[edge.target])}.{edge.target_column or '*'}",
            edge.kind.value,
            edge.confidence.value,
        ]
        for edge in sorted(found.columns, key=lambda edge: (nodes[edge.target].depth, edge.source, edge.target))
    ]
    return Listing(
        Shown(("from", "to", "how", "known"), [""] * 4, rows, total=len(rows), unit="link", of_data=False),
        empty=f"Nothing is known to be made from {found.column} of {found.product}, and it from nothing.",
    )


def _called(node: LineageNode) -> str:
    return node.name or _HIDDEN


VERB = Verb(_USAGE, _run)
