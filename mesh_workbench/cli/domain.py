"""`mesh domain add|list|show|review`: who owns products."""

from __future__ import annotations

from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and _.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Who owns products.")
    group.command("add")(add)
    group.command("list")(listed)
    group.command("show")(shown)
    group.command("review")(review)
    app.add_typer(group, name="domain")


def add(
    name: Name,
    title: Annotated[str, typer.Option(help="How people call it.")] = "",
    description: Annotated[str, typer.Option(help="What it is about.")] = "",
    owner: Annotated[str, typer.Option(help="Who owns it; you if not given.")] = "",
    parent: Annotated[str | None, typer.Option(help="Domain from which owner and access are inherited.")] = None,
    as_json: Json = False,
) -> None:
    """Add a domain."""
    from mesh_workbench.model.domain import DomainDraft
    from mesh_workbench.model.names import check_name

    for given in (name, *([parent] if parent else [])):
        check_name(given, "domain name")
    draft = DomainDraft(name=name, title=title, description=description, owner=owner, parent=parent)
    with opened() as bench:
        domain = bench.domains.add(draft)
    if as_json:
        show.as_json(domain)
        return
    show.say(f"Added the domain {domain.name}, owned by {domain.owner}.")
    show.next_step(f"mesh promote NOTEBOOK --to {domain.name}.PRODUCT")


def listed(cursor: Cursor = None, limit: Limit = 100, as_json: Json = False) -> None:
    """List the domains."""
    with opened() as bench:
        page = bench.domains.list(cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
    elif page.items:
        show.table(
            ["domain", "title", "owner", "products"],
            [(domain.name, domain.title, domain.owner, show.count(domain.products)) for domain in page.items],
            right=["products"],
        )
    else:
        show.say("There are no domains yet.")
        show.next_step("mesh domain add NAME", "or `mesh demo` for a mesh with data")


def shown(name: Name, as_json: Json = False) -> None:
    """Show a domain, its members and its products."""
    with opened() as bench:
        domain = bench.domains.get(name)
        products = bench.products.list(domain=name, limit=100).items
    if as_json:
        show.as_json(domain)
        return
    show.facts(
        [
            ("domain", domain.name),
            ("title", domain.title),
            ("about", domain.description),
            ("owner", domain.owner),
            ("parent", domain.parent),
            ("review", domain.review.words if domain.review else ""),
            ("members", ", ".join(f"{member.identity} ({member.role.value})" for member in domain.members)),
            ("products", ", ".join(product.name for product in products) or "none yet"),
        ]
    )


def review(
    name: Name,
    approvals: Annotated[int, typer.Option(min=0, max=10, help="How many people approve; 0 for none.")] = 1,
    role: Annotated[
        list[str] | None,
        typer.Option(help="A role of which one is enough; repeat for several. Domain owner if not given."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say who approves what is promoted into a domain."""
    from mesh_workbench.cli.given import role_named
    from mesh_workbench.model.review import ReviewRule

    roles = {"roles": [role_named(one) for one in role]} if role else {}
    with opened() as bench:
        domain = bench.domains.set_review(name, ReviewRule(approvals=approvals, **roles) if approvals else None)
    if as_json:
        show.as_json(domain)
        return
    asks = f"waits for {domain.review.words}" if domain.review else "holds at once, unless a domain above asks for more"
    show.say(f"What is promoted into {name} {asks}.")
    show.next_step("mesh review list", "shows what waits for you")
