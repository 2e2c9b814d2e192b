"""`mesh lineage`: from what a product is made, what is made from it, and whom a change of a column would hit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.lineage import Impact, Lineage, LineageEdge, LineageNode

HIDDEN = "a product that you may not see"


def register(app: typer.Typer) -> None:
    app.command("lineage")(lineage)


def lineage(
    name: Product,
    column: Annotated[
        str | None,
        typer.Option("--column", "-c", metavar="COLUMN", help="Only the ways of this column, or PORT.COLUMN."),
    ] = None,
    up: Annotated[bool, typer.Option("--up", help="Only what it is made from.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Only what is made from it.")] = False,
    depth: Annotated[int, typer.Option("--depth", min=1, max=50, help="Steps from the product.")] = 10,
    release: Annotated[int | None, typer.Option("--release", min=1, help="Release; the newest if absent.")] = None,
    as_json: Json = False,
) -> None:
    """Show from what a product is made, and what is made from it."""
    if up and down:
        raise InvalidInput("cli.usage", "--up and --down exclude each other.", hint="Leave out both to see both.")
    with opened() as bench:
        found = bench.lineage.of(
            name, column=column, direction="up" if up else "down" if down else "both", depth=depth, release=release
        )
        hit = None if column is None or up or as_json else bench.lineage.impact(name, column)
    if as_json:
        show.as_json(found)
        return
    what = f"{found.product}{'' if column is None else f' · {column}'}"
    show.say(f"{what}  {f'release {found.release}' if found.release else 'nothing published yet'}", style="bold")
    if not found.edges:
        _alone(found)
    elif column is None:
        _products(found)
    else:
        _columns(found)
    if found.truncated:
        show.say("There are more products than are shown; say --depth 1 to see the nearest.")
    if hit is not None:
        _impact(hit)
    elif found.edges and column is None:
        show.next_step(f"mesh lineage {name} --column COLUMN", "the ways of one column, and whom its change would hit")


def _alone(found: Lineage) -> None:
    if found.column is not None:
        show.say("Nothing is known to be made from this column, and it from nothing.")
    else:
        show.say("It reads no other product, and no product reads it.")


def _products(found: Lineage) -> None:
    nodes = {node.id: node for node in found.nodes}
    rows = [
        (
            _steps(nodes[edge.source], nodes[edge.target]),
            _called(nodes[edge.source]),
            edge.port,
            "→",
            _called(nodes[edge.target]),
            _releases(edge),
        )
        for edge in sorted(found.edges, key=lambda edge: (nodes[edge.target].depth, edge.source, edge.target))
    ]
    show.table(["step", "from", "port", "", "to", "releases"], rows, right=["step"])


def _columns(found: Lineage) -> None:
    nodes = {node.id: node for node in found.nodes}
    order = sorted(found.columns, key=lambda edge: (nodes[edge.target].depth, edge.source, edge.target, edge.port))
    show.table(
        ["step", "from", "", "to", "how", "known"],
        [
            (
                _steps(nodes[edge.source], nodes[edge.target]),
                _place(nodes[edge.source], edge.port, edge.column, "as a whole"),
                "→",
                _place(nodes[edge.target], edge.target_port, edge.target_column, "every column"),
                edge.kind.value,
                edge.confidence.value,
            )
            for edge in order
        ],
        right=["step"],
    )


def _impact(hit: Impact) -> None:
    products = f"{len(hit.products)} {'product' if len(hit.products) == 1 else 'products'}"
    people = f"{hit.people_count} {'person' if hit.people_count == 1 else 'people'}"
    show.say()
    show.say(f"A change of {hit.column} would concern {products}, and {people} who read it in the last 90 days.")
    if hit.people:
        show.table(
            ["person", "reads", "columns", "times", "last"],
            [
                (
                    one.name,
                    one.product,
                    "all" if one.columns is None else ", ".join(one.columns),
                    one.reads,
                    show.ago(one.last_read),
                )
                for one in hit.people
            ],
            right=["times"],
        )


def _steps(source: LineageNode, target: LineageNode) -> int:
    return target.depth if target.depth > 0 else source.depth


def _called(node: LineageNode) -> str:
    return node.name or HIDDEN


def _place(node: LineageNode, port: str, column: str | None, whole: str) -> str:
    if node.name is None:
        return HIDDEN
    place = f"{node.name}.{port}" if port and port != node.name.partition(".")[2] else node.name
    return f"{place} {whole}" if column is None else f"{place}.{column}"


def _releases(edge: LineageEdge) -> str:
    if edge.release is None:
        return "declared, not run yet" if edge.made is None else ""
    if edge.first in (None, edge.release):
        return f"release {edge.release} in {edge.made}"
    return f"releases {edge.first} to {edge.release} in {edge.made}"
