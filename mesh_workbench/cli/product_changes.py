"""`mesh product changes|acknowledge`: breaking changes, and who is ready for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit, Product
from mesh_workbench.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesh_workbench.model.breaking import BreakingChange, BreakingPlan
    from mesh_workbench.model.consumer import Consumer


def changes(name: Product, cursor: Cursor = None, limit: Limit = 50, as_json: Json = False) -> None:
    """List the breaking changes of a product: what they take away, from whom, and who has acknowledged them."""
    with opened() as bench:
        page = bench.changes.list(name, cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
    elif not page.items:
        show.say(f"{name} has not broken anything that anybody used.")
    for change in () if as_json else page.items:
        _change(change)
    if page.next and not as_json:
        show.say(f"More: --cursor {page.next}")


def acknowledge(
    name: Product,
    change: Annotated[str | None, typer.Argument(metavar="[CHANGE]", help="Its id; the newest if not given.")] = None,
    note: Annotated[str, typer.Option(help="What you have to say to it; the owner sees it.")] = "",
    as_json: Json = False,
) -> None:
    """Say that you, and the products that are yours, are ready for a breaking change."""
    with opened() as bench:
        if change is None:
            newest = bench.changes.list(name, limit=1).items
            if not newest:
                raise NotFound("change.none", f"{name} has announced no breaking change.", hint="Nothing needs doing.")
            change = newest[0].id
        found = bench.changes.acknowledge(change, note=note)
    if as_json:
        show.as_json(found)
        return
    _change(found)
    if not found.waiting:
        show.say("All have acknowledged it.")


def breaking(plan: BreakingPlan) -> None:
    """What a promotion would break, for people who decide."""
    if not plan.changes:
        return
    show.say(f"This breaks version {plan.major}:", style="bold red")
    for change in plan.changes:
        show.say(f"  {change.port}: {change.words}")
    if plan.consumers:
        _consumers(plan.consumers)
    else:
        show.say("  Nobody is known to use what breaks.")
    if plan.waiting:
        show.say(f"Not acknowledged by {', '.join(plan.waiting)}: --announce tells them, --override REASON goes on.")


def _change(change: BreakingChange) -> None:
    when = f"promoted {show.ago(change.promoted)}" if change.promoted else f"announced {show.ago(change.announced)}"
    show.say(f"{change.product}  {change.since} → {change.version}  {when} by {change.by}", style="bold")
    for one in change.changes:
        show.say(f"  {one.port}: {one.words}")
    show.facts(
        [
            ("  id", change.id),
            ("  readable until", show.instant(change.sunset)),
            ("  note", change.note),
            ("  override", change.override),
        ]
    )
    if change.consumers:
        _consumers(change.consumers)


def _consumers(consumers: Sequence[Consumer]) -> None:
    show.table(
        ["consumer", "uses", "last read", "reads", "acknowledged"],
        [
            (
                consumer.name,
                "any column" if consumer.columns is None else ", ".join(consumer.columns),
                show.ago(consumer.last_read),
                show.count(consumer.reads),
                f"{consumer.acknowledged.by}, {show.ago(consumer.acknowledged.at)} {consumer.acknowledged.note}".strip()
                if consumer.acknowledged
                else "no",
            )
            for consumer in consumers
        ],
        right=["reads"],
    )
