"""`mesh access list|grant|revoke`: who may read a product."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import moment
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Who may read a product.")
    group.command("list")(listed)
    group.command("grant")(grant)
    group.command("revoke")(revoke)
    app.add_typer(group, name="access")


def listed(name: Product, as_json: Json = False) -> None:
    """List the grants of a product."""
    with opened() as bench:
        grants = bench.catalog.grants(name)
    if as_json:
        show.items_as_json(grants)
    elif grants:
        show.table(
            ["grant", "who", "port", "purpose", "until", "state"],
            [
                (
                    item.id,
                    item.identity,
                    item.port or "all",
                    item.purpose,
                    show.instant(item.until),
                    "revoked" if item.revoked else "granted",
                )
                for item in grants
            ],
        )
    else:
        show.say(f"Nobody was granted anything on {name}. Open products need no grant.")


def grant(
    name: Product,
    identity: Annotated[str, typer.Argument(help="Who may read it.")],
    purpose: Annotated[str, typer.Option(help="What for.")],
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Until when; for ever if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Let somebody read a product."""
    with opened() as bench:
        given = bench.catalog.grant(name, identity, purpose=purpose, until=moment(until, "--until"))
    if as_json:
        show.as_json(given)
    else:
        show.say(f"{identity} may read {name}: {given.id}.")


def revoke(
    grant_id: Annotated[str, typer.Argument(metavar="GRANT", help="Id of the grant.")], as_json: Json = False
) -> None:
    """Take a grant back."""
    with opened() as bench:
        taken = bench.catalog.revoke(grant_id)
    if as_json:
        show.as_json(taken)
    else:
        show.say(f"{taken.identity} no longer holds {taken.id}.")
