"""recipients: who is told about a product, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.preferences import Address
from mesh_workbench.model.product import Product
from mesh_workbench.model.subscription import Recipient, Subscription, Told
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

PLATFORM = ""
"""Identity of those whom mesh.toml names: they are told about every product."""


@dataclass(frozen=True)
class Scope:
    """Where a product, or a domain, stands: the targets of subscriptions that mean it, the nearest first."""

    target: str
    domains: list[str]
    owner: str = ""

    @classmethod
    def of_product(cls, registry: Registry, product: Product) -> Scope:
        return cls(product.full_name, registry.domains.ancestry(product.domain), product.owner)

    @classmethod
    def of_domain(cls, registry: Registry, domain: str) -> Scope:
        return cls(domain, registry.domains.ancestry(domain))

    @property
    def targets(self) -> list[str]:
        return list(dict.fromkeys([self.target, *self.domains]))


def everybody(registry: Registry, scope: Scope, roles: Collection[str], moment: datetime) -> list[Told]:
    """All who have to do with it, by identity: also those who muted it.

    The owner and who holds one of `roles` in the domain, or one above it, are told everything; a subscription to the
    nearest target says it otherwise, or adds somebody.
    """
    return [told for told, _ in _with_parts(registry, scope, roles, moment)]


def audience(
    registry: Registry, scope: Scope, roles: Collection[str], moment: datetime, settings: Settings
) -> list[Recipient]:
    """The same as others see it, with the addresses of the platform, if it has any, at the end."""
    found = [
        Recipient(identity=told.identity, why=part, events=told.events, muted=told.muted)
        for told, part in _with_parts(registry, scope, roles, moment)
    ]
    channels = ", ".join(platform_addresses(settings))
    if channels:
        found.append(Recipient(identity=PLATFORM, why=f"by {channels}", events=list(NoticeKind)))
    return found


def _with_parts(registry: Registry, scope: Scope, roles: Collection[str], moment: datetime) -> list[tuple[Told, str]]:
    """Everybody by identity, with the part that they have in it: `owner of the product`."""
    found = {
        identity: (_everything(identity, scope.target, why), part)
        for identity, why, part in _unasked(registry, scope, roles)
    }
    nearest: dict[str, Subscription] = {}
    places = scope.targets
    for subscription in sorted(registry.subscriptions.to(places), key=lambda one: places.index(one.target)):
        nearest.setdefault(subscription.identity, subscription)
    for identity, subscription in nearest.items():
        known = found.get(identity)
        why = known[0].why if known else f"you subscribed to {subscription.target}"
        part = known[1] if known else f"subscribed to {subscription.target}"
        found[identity] = (_as_subscribed(subscription, scope.target, why, moment), part)
    return [found[identity] for identity in sorted(found)]


def told_of(registry: Registry, scope: Scope, identity: str, roles: Collection[str], moment: datetime) -> Told:
    """What one identity is told."""
    found = [one for one in everybody(registry, scope, roles, moment) if one.identity == identity]
    return found[0] if found else Told(identity=identity, target=scope.target)


def recipients(
    registry: Registry, product: Product, kind: NoticeKind, roles: Collection[str], moment: datetime
) -> list[Told]:
    """Who is told now that something of this kind happened to `product`."""
    scope = Scope.of_product(registry, product)
    return [one for one in everybody(registry, scope, roles, moment) if kind in one.events and not one.muted]


def platform_addresses(settings: Settings) -> dict[str, Address]:
    """Channel to address of the platform."""
    chosen = {
        "email": Address.model_construct(to=settings.platform_email, secret=""),
        "webhook": Address.model_construct(to=settings.platform_webhook, secret=settings.platform_webhook_secret),
        "apprise": Address.model_construct(to=settings.platform_apprise, secret=""),
    }
    return {channel: address for channel, address in chosen.items() if address.to}


def _unasked(registry: Registry, scope: Scope, roles: Collection[str]) -> Iterable[tuple[str, str, str]]:
    """Identity, why in a sentence to them, and their part in it; the last one of an identity counts."""
    for domain in reversed(scope.domains):
        for member in registry.domains.members(domain):
            if member.role.value in roles:
                part = f"{member.role.value.replace('_', ' ')} in {domain}"
                yield member.identity, f"you are {part}", part
    if scope.owner:
        yield scope.owner, "you own the product", "owner of the product"


def _everything(identity: str, target: str, why: str) -> Told:
    return Told(identity=identity, target=target, why=why, events=list(NoticeKind))


def _as_subscribed(subscription: Subscription, target: str, why: str, moment: datetime) -> Told:
    return Told(
        identity=subscription.identity,
        target=target,
        why=why,
        events=subscription.events,
        channels=subscription.channels,
        muted=subscription.silent(moment),
        muted_until=subscription.muted_until,
        subscription=subscription if subscription.target == target else None,
    )
