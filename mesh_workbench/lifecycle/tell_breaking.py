"""tell_breaking: consumers hear of a breaking change, when it is announced and again when it is promoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.lifecycle.announce import announce
from mesh_workbench.lifecycle.breaking import telling_text
from mesh_workbench.lifecycle.recipients import recipients
from mesh_workbench.model.base import new_id
from mesh_workbench.model.breaking import BreakingChange
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notice import Notice, NoticeKind
from mesh_workbench.model.product import Product
from mesh_workbench.model.subscription import Told
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def tell_breaking(registry: Registry, settings: Settings, product: Product, change: BreakingChange) -> None:
    """Put it into the lists and the outbox of everybody concerned. Belongs into the transaction of the change."""
    moment = registry.now()
    notice = Notice(
        id=new_id("ntc"),
        kind=NoticeKind.BREAKING,
        product_id=product.id,
        product=product.full_name,
        change_id=change.id,
        text=telling_text(change),
        since=change.announced,
        at=moment,
    )
    stage = "promoted" if change.promoted else f"announced/{moment.isoformat()}"
    announce(registry, settings, notice, f"{change.id}/{stage}", _concerned(registry, settings, product, change))


def _concerned(registry: Registry, settings: Settings, product: Product, change: BreakingChange) -> list[Told]:
    """Who is told of the product anyway, who has to do with a product that it breaks, and people who read it."""
    moment, roles = registry.now(), settings.notice_roles
    told = {one.identity: one for one in recipients(registry, product, NoticeKind.BREAKING, roles, moment)}
    told.pop(change.by, None)
    for consumer in change.consumers:
        if consumer.kind == "person":
            why = "you read what it takes away"
            told[consumer.name] = Told(identity=consumer.name, target=product.full_name, why=why)
            continue
        name = ProductName.parse(consumer.name)
        reader = registry.products.get(name.domain, name.product)
        for one in recipients(registry, reader, NoticeKind.BREAKING, roles, moment) if reader else ():
            why = f"{consumer.name} reads what it takes away"
            told.setdefault(one.identity, one.model_copy(update={"target": product.full_name, "why": why}))
    return [told[identity] for identity in sorted(told)]
