"""`mesh product list|show|search|diff|changes|acknowledge|usage`: the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import product_life, show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Cursor, Json, Limit, Product
from mesh_workbench.cli.parameters import show_parameters
from mesh_workbench.cli.product_changes import acknowledge, changes
from mesh_workbench.cli.product_diff import diff
from mesh_workbench.cli.product_usage import usage
from mesh_workbench.cli.product_version import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mesh_workbench.model.product import ProductDetail, ProductSummary
    from mesh_workbench.model.version import ProductVersion


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Find data products and look at them.")
    group.command("list")(listed)
    group.command("show")(shown)
    group.command("search")(search)
    group.command("diff")(diff)
    group.command("changes")(changes)
    group.command("acknowledge")(acknowledge)
    group.command("usage")(usage)
    product_life.commands(group)
    app.add_typer(group, name="product")


def listed(
    domain: Annotated[str | None, typer.Option(help="Only products of this domain.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List the products."""
    with opened() as bench:
        page = bench.products.list(domain=domain, cursor=cursor, limit=limit)
    if as_json:
        show.as_json(page)
    elif page.items:
        catalog_table(page.items)
        if page.next:
            show.say(f"More: --cursor {page.next}")
    else:
        show.say("There are no products yet.")
        show.next_step("mesh promote NOTEBOOK --to DOMAIN.PRODUCT", "or `mesh demo` for a mesh with data")


def search(
    text: Annotated[str, typer.Argument(help="Words in names, columns, descriptions, owners and tags.")],
    domain: Annotated[list[str] | None, typer.Option(help="Only these domains.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only these states.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only these tags.")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="Items of one page.")] = 20,
    as_json: Json = False,
) -> None:
    """Search products, best match first."""
    from mesh_workbench.model.search import SearchRequest

    request = SearchRequest(
        text=text, domains=domain or [], statuses=status or [], tags=tag or [], cursor=cursor, limit=limit
    )
    with opened() as bench:
        found = bench.catalog.search(request)
    if as_json:
        show.as_json(found)
    elif found.items:
        show.table(
            ["product", "title", "found in"],
            [(hit.product.full_name, hit.product.title, ", ".join(hit.matched)) for hit in found.items],
        )
        show.say(f"{show.count(found.total)} found.")
    else:
        show.say(f"Nothing speaks of {text!r}. `mesh product list` shows all there is.")


def shown(
    name: Product,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Show instead what this version froze; `newest` for that one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a product: what it promises, its columns, who reads it."""
    with opened() as bench:
        if version is not None:
            frozen(bench.versions.get(name, None if version == "newest" else version), as_json=as_json)
            return
        product = bench.products.get(name)
        newest = bench.versions.get(name) if product.version else None
    if as_json:
        show.as_json(product)
    else:
        _describe(product, newest)


def catalog_table(products: Iterable[ProductSummary]) -> None:
    """Products, one a line."""
    show.table(
        ["product", "status", "version", "release", "rows", "health", "published"],
        [
            (
                product.full_name,
                product.status.value,
                product.version,
                product.release,
                show.count(product.rows),
                product.health.state.value.replace("_", " "),
                show.ago(product.released),
            )
            for product in products
        ],
        right=["release", "rows"],
    )


def _describe(product: ProductDetail, version: ProductVersion | None) -> None:
    show.say(f"{product.full_name}  {product.status.value}  {product.version or ''}", style="bold")
    if product.description or product.title:
        show.say(product.description or product.title)
    show.say()
    show.facts(
        [
            ("owner", product.owner),
            ("ends", product.sunset.words if product.sunset else ""),
            ("health", product.health.reason),
            ("release", f"{product.release}, {show.ago(product.released)}" if product.release else "none yet"),
            ("schedule", product.schedule.words if product.schedule else ""),
            ("reads", ", ".join(product.inputs)),
            ("read by", ", ".join(product.consumers)),
            ("readers", f"{product.readers} in the last 30 days" if product.readers else ""),
            ("tags", ", ".join(product.tags)),
        ]
    )
    for port in product.port_details:
        show.table(
            ["column", "type", "promised", "meaning"],
            [
                (
                    column.name,
                    column.type,
                    ", ".join(
                        word
                        for word, holds in (
                            ("key", column.primary_key),
                            ("required", column.required and not column.primary_key),
                            ("unique", column.unique),
                        )
                        if holds
                    ),
                    column.description,
                )
                for column in port.columns
            ],
            title=f"{port.name}: {show.count(port.rows)} rows, {port.contract_promises} promises",
        )
    if version is not None and version.parameters:
        show_parameters(version)
    for note in product.notes:
        show.say(f"Note: {note}")
    show.next_step(f'mesh sql "SELECT * FROM {product.full_name} LIMIT 10"')  # noqa: S608  text to copy
