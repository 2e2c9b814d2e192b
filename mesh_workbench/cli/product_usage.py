"""`mesh product usage`: how much a product is read, by whom, and which columns of it."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product


def usage(
    name: Product,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="Days that count, today included.")] = 30,
    as_json: Json = False,
) -> None:
    """Show how much a product is read, by whom, and which columns of it."""
    with opened() as bench:
        found = bench.usage.of(name, days=days)
    if as_json:
        show.as_json(found)
        return
    show.say(f"{found.product}  since {found.since}", style="bold")
    if not found.reads:
        show.say("Nobody has read it.")
        return
    show.facts(
        [
            ("reads", f"{found.reads:,} on {len(found.days):,} days"),
            ("consumers", f"{found.consumers:,}"),
            ("rows", f"{found.rows:,} in {show.size(found.bytes)} of answers"),
            ("a read takes", f"{found.mean_ms:,.1f} ms on average" if found.mean_ms is not None else ""),
        ]
    )
    if found.top:
        show.table(
            ["who", "kind", "reads", "rows", "last", "what for"],
            [
                (one.name, one.kind, show.count(one.reads), show.count(one.rows), one.last_day, ", ".join(one.purposes))
                for one in found.top
            ],
            right=["reads", "rows"],
        )
    elif not found.named:
        show.say("Who reads it is shown to its owner and to governance.")
    if found.columns:
        show.table(
            ["column", "reads", "last"],
            [
                (
                    f"{one.port}.{one.column}" if one.column else f"{one.port}, all columns",
                    show.count(one.reads),
                    one.last_day,
                )
                for one in found.columns
            ],
            right=["reads"],
        )
