"""Renaming products of the local workbench, and moving them to another domain."""

from __future__ import annotations

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.errors import Conflict
from mesh_workbench.lifecycle.announce import tell_consumers
from mesh_workbench.lifecycle.promotable import demand_free_name
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.product import Column, Product
from mesh_workbench.model.transitions import TRANSITIONS, demand_possible
from mesh_workbench.registry.search import search_lines
from mesh_workbench.workbench.context import Context


def rename(context: Context, name: str, *, to: str, reason: str) -> Product:
    """Call a product otherwise, in its domain or in another one; the old name leads to it until it is taken again.

    Everything else stays: ids, versions, releases, tables, runs, grants. Raises Forbidden `access.denied` where the
    asker may not in either domain; NotFound `domain.unknown`; Conflict `product.exists`, `product.same-name`,
    `product.name-leads`, `review.open`.
    """
    registry, target = context.registry, ProductName.parse(to)
    product = context.product(name, TRANSITIONS["rename"].action)
    demand_possible(product, "rename")
    context.demand(TRANSITIONS["rename"].action, domain=context.domain_name(target.domain))
    if str(target) == product.full_name:
        raise Conflict("product.same-name", f"It is called {target} already.", hint="Choose another name.")
    with registry.transaction():
        held = registry.products.hold(product.id)
        assert held is not None
        leads = registry.products.formerly(str(target))
        if leads is None or leads.id != held.id:
            demand_free_name(registry, target)
        if registry.proposals.open_of(held.id) is not None:
            raise Conflict(
                "review.open",
                f"A change of {held.full_name} waits for approval, under that name.",
                hint="Approve it or send it back first.",
            )
        searched = held.model_copy(update={"domain": target.domain, "name": target.product})
        renamed = registry.products.rename(
            held, target.domain, target.product, search_lines(searched, _columns(context, held))
        )
        _follow(context, held, renamed)
        context.audit(TRANSITIONS["rename"].audit, renamed.full_name, before=held.full_name, reason=reason)
        tell_consumers(
            registry,
            context.settings,
            renamed,
            f"It was called {held.full_name}, which still leads to it: {reason}",
        )
    return renamed


def _follow(context: Context, before: Product, after: Product) -> None:
    """What is kept by name goes along: its schedule, and who wants to be told."""
    registry = context.registry
    schedule = registry.schedules.held(after.id)
    if schedule is not None:
        registry.schedules.set(schedule.model_copy(update={"product": after.full_name}))
    for subscription in registry.subscriptions.to([before.full_name]):
        registry.subscriptions.remove(subscription.identity, before.full_name)
        registry.subscriptions.set(subscription.model_copy(update={"target": after.full_name}))


def _columns(context: Context, product: Product) -> list[Column]:
    registry = context.registry
    version = registry.versions.newest(product.id)
    blobs = registry.versions.contract_blobs(version.id) if version else {}
    return [column for blob in blobs.values() for column in columns_of(parse(registry.blobs.get(blob).decode()))]
