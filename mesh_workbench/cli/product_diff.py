"""`mesh product diff`: what is otherwise in one version of a product than in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesh_workbench.model.difference import CellChange, Changed, VersionDifference


def diff(
    name: Product,
    before: Annotated[
        str | None, typer.Argument(metavar="[V1]", help="The one before the newest if not given.")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="[V2]", help="The newest if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Show what is otherwise in version V2 of a product than in V1."""
    with opened() as bench:
        found = bench.versions.difference(name, before, after)
    if as_json:
        show.as_json(found)
        return
    show.say(f"{found.product}  {found.before} → {found.after}", style="bold")
    difference(found)


def difference(found: VersionDifference) -> None:
    """A difference for people: what readers notice first."""
    if found.same:
        show.say("Nothing differs.")
        return
    if found.contracts:
        show.say("Contract")
        for change in found.contracts:
            show.say(
                f"  {change.grade}: {change.port}: {change.words}", style="red" if change.grade == "breaking" else ""
            )
    _changed("Outputs", found.outputs)
    _changed("Inputs", found.inputs)
    _changed("Parameters", found.parameters)
    _changed("Files", found.files)
    _changed("Limits", found.limits)
    _changed("Environment", found.environment)
    if found.cells:
        show.say(f"Notebook, {show.count(found.cells_alike)} other cells are as they were")
        for cell in found.cells:
            _cell(cell)


def _changed(title: str, changes: Sequence[Changed]) -> None:
    if changes:
        show.say(title)
    for change in changes:
        if change.before is None:
            show.say(f"  + {change.name}: {change.after}", style="green")
        elif change.after is None:
            show.say(f"  - {change.name}: {change.before}", style="red")
        else:
            show.say(f"  ~ {change.name}: {change.before} → {change.after}")


def _cell(change: CellChange) -> None:
    before, after = (None if index is None else index + 1 for index in (change.before, change.after))
    place = f"cell {after or before}" if None in (before, after) or before == after else f"cell {before} → {after}"
    tags = f"  tags {' '.join(change.tags)}" if change.tags else ""
    show.say(f"  {change.kind} {place}{tags}", style="bold")
    for line in change.lines:
        show.say(f"    {line}", style={"+": "green", "-": "red"}.get(line[:1], ""))
