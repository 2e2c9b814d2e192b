"""`mesh product deprecate|reinstate|rename|retire|rollback`: the later life of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.given import confirmed, moment
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product, Yes
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from mesh_workbench.model.product import ProductDetail

Reason = Annotated[str, typer.Option(help="Why; consumers see it.")]


def commands(group: typer.Typer) -> None:
    group.command("deprecate")(deprecate)
    group.command("reinstate")(reinstate)
    group.command("rename")(rename)
    group.command("retire")(retire)
    group.command("rollback")(rollback)


def deprecate(
    name: Product,
    reason: Reason,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="When reading ends; UTC when it has no offset.")
    ] = None,
    successor: Annotated[
        str | None, typer.Option(metavar="DOMAIN.PRODUCT", help="What consumers are to read instead.")
    ] = None,
    major: Annotated[
        int | None, typer.Option("--major", min=0, help="Only move the date of this older major version.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell consumers to look for something else; with a date, nobody reads the product after it."""
    end = moment(until, "--until")
    if major is not None:
        if end is None or successor is not None:
            raise InvalidInput("cli.usage", "--major needs --until, and takes no --successor.", hint="Name a date.")
        with opened() as bench:
            product = bench.products.move_sunset(name, major, reason=reason, until=end)
        _changed(product, as_json)
        return
    with opened() as bench:
        product = bench.products.deprecate(name, reason=reason, until=end, successor=successor)
    _changed(product, as_json)
    if not as_json:
        show.next_step(f"mesh product reinstate {name} --reason …", "takes it back")


def reinstate(name: Product, reason: Reason, as_json: Json = False) -> None:
    """Take back that a product is deprecated, before its date."""
    with opened() as bench:
        product = bench.products.reinstate(name, reason=reason)
    _changed(product, as_json)


def rename(
    name: Product,
    to: Annotated[str, typer.Argument(metavar="DOMAIN.PRODUCT", help="Its new name, also in another domain.")],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Call a product otherwise, or move it; the old name leads to it until it is taken again."""
    with opened() as bench:
        product = bench.products.rename(name, to=to, reason=reason)
    if as_json:
        show.as_json(product)
        return
    show.say(f"{name} is called {product.full_name} now.")
    show.next_step(f"mesh product show {product.full_name}")


def retire(
    name: Product,
    reason: Reason,
    force: Annotated[bool, typer.Option("--force", help="Also while other products read it; owners may.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take a product out of use: it does not run any more and cannot be read."""
    with opened() as bench:
        product = bench.products.get(name)
        readers = f" These products read it: {', '.join(product.consumers)}." if product.consumers else ""
        people = f" {product.readers} people read it in the last 30 days." if product.readers else ""
        confirmed(f"Retire {name}? It can no longer be read.{readers}{people}", yes=yes, as_json=as_json)
        product = bench.products.retire(name, reason=reason, force=force)
    _changed(product, as_json)


def rollback(
    name: Product,
    reason: Reason,
    release: Annotated[int | None, typer.Option(min=1, help="Release whose data to bring back.")] = None,
    version: Annotated[str | None, typer.Option(help="Version to bring back, with its newest release.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Go back to an earlier release or version; what is there now stays readable by its number."""
    with opened() as bench:
        plan = bench.products.plan_rollback(name, release=release, version=version)
        if not as_json:
            for step in plan.steps:
                show.say(step)
        confirmed(f"Roll {name} back?", yes=yes, as_json=as_json)
        product = bench.products.rollback(name, reason=reason, release=release, version=version)
    if as_json:
        show.as_json(product)
        return
    show.say(f"{name} is at version {product.version}, release {product.release}.")
    show.next_step(f'mesh sql "SELECT * FROM {name} LIMIT 10"')  # noqa: S608  text to copy


def _changed(product: ProductDetail, as_json: bool) -> None:
    if as_json:
        show.as_json(product)
    else:
        ends = f" {product.sunset.words}" if product.sunset else ""
        show.say(f"{product.full_name} is {product.status.value}.{ends}")
