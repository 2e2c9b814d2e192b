"""announce: one notice, for the lists of everybody whom it concerns, and as messages to their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle.recipients import PLATFORM, Scope, everybody, platform_addresses, recipients
from mesh_workbench.model.base import new_id
from mesh_workbench.model.notice import Notice, NoticeKind
from mesh_workbench.model.product import Product
from mesh_workbench.model.subscription import IN_LAB, Audience, Told
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

READERS_WINDOW = timedelta(days=30)
"""For how long somebody who read a product counts as one who reads it."""


def announce(registry: Registry, settings: Settings, notice: Notice, key: str, people: Sequence[Told]) -> bool:
    """Put a notice into the lists and the outbox; False when one with the same key was told before.

    Call it inside the transaction of what is told: then it is told exactly when that has happened.
    """
    return put(registry, notice, key, _audience(settings, people))


def put(registry: Registry, notice: Notice, key: str, audience: Audience) -> bool:
    """As `announce`, for those settled beforehand."""
    people = audience.people
    elsewhere = {one.identity for one in people if one.channels and IN_LAB not in one.channels}
    if not registry.notices.add(notice, key, {one.identity: one.why for one in people}, quietly=elsewhere):
        return False
    due = notice.at + timedelta(seconds=audience.after_s)
    chosen = registry.preferences.many([one.identity for one in people])
    for one in people:
        preferences = chosen[one.identity]
        for channel in sorted(preferences.addresses):
            if not one.channels or channel in one.channels:
                ready = due if notice.kind in preferences.urgent else preferences.ready(due)
                registry.deliveries.gather(one.identity, channel, notice.id, ready)
    for channel in audience.platform:
        registry.deliveries.gather(PLATFORM, channel, notice.id, due)
    return True


def consumers(registry: Registry, settings: Settings, product: Product) -> Audience:
    """Whoever has to do with a product, or reads it."""
    return _audience(settings, _concerned(registry, settings, product))


def _audience(settings: Settings, people: Sequence[Told]) -> Audience:
    return Audience(people=list(people), platform=list(platform_addresses(settings)), after_s=settings.notice_group_s)


def tell_consumers(registry: Registry, settings: Settings, product: Product, text: str) -> None:
    """Tell whoever has to do with a product, or reads it, that it changed. Call it inside the change's transaction."""
    notice = _notice(registry, NoticeKind.CHANGED, product, text)
    announce(registry, settings, notice, notice.id, _concerned(registry, settings, product))


def tell_about_review(
    registry: Registry, settings: Settings, product: Product, text: str, why: Mapping[str, str]
) -> None:
    """Tell those in `why` about a proposal for a product. Call it inside the transaction of what is told."""
    notice = _notice(registry, NoticeKind.REVIEW, product, text)
    people = [Told(identity=identity, target=product.full_name, why=reason) for identity, reason in why.items()]
    announce(registry, settings, notice, notice.id, people)


def _notice(registry: Registry, kind: NoticeKind, product: Product, text: str) -> Notice:
    moment = registry.now()
    return Notice(
        id=new_id("ntc"),
        kind=kind,
        product_id=product.id,
        product=product.full_name,
        text=text,
        since=moment,
        at=moment,
    )


def _concerned(registry: Registry, settings: Settings, product: Product) -> list[Told]:
    """Who is told anyway; who has to do with a product that reads this one; who read it lately. Muting holds."""
    moment, roles = registry.now(), settings.notice_roles
    scope = Scope.of_product(registry, product)
    silent = {one.identity for one in everybody(registry, scope, roles, moment) if one.muted}
    told = {one.identity: one for one in recipients(registry, product, NoticeKind.CHANGED, roles, moment)}
    for consumer in registry.products.many(registry.versions.reader_ids(product.full_name)).values():
        for one in recipients(registry, consumer, NoticeKind.CHANGED, roles, moment):
            why = f"{consumer.full_name} reads it"
            told.setdefault(one.identity, one.model_copy(update={"target": product.full_name, "why": why}))
    for identity in registry.reads.people(product.id, moment - READERS_WINDOW):
        told.setdefault(identity, Told(identity=identity, target=product.full_name, why="you read it lately"))
    return [one for identity, one in sorted(told.items()) if identity not in silent]
