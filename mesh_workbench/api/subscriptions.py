"""What the asking identity wants to be told about: products, and whole domains."""

from __future__ import annotations

from fastapi import APIRouter

from mesh_workbench.api.access import Bench, DomainName, FullName
from mesh_workbench.api.bodies import MuteDraft
from mesh_workbench.model.base import Page
from mesh_workbench.model.subscription import Subscription, SubscriptionDraft, Told

router = APIRouter(tags=["notices"])
PRODUCT, DOMAIN = "/products/{domain}/{product}/subscription", "/domains/{domain}/subscription"


@router.get("/subscriptions", operation_id="listSubscriptions", summary="What one is subscribed to, by name")
def list_subscriptions(bench: Bench) -> Page[Subscription]:
    return Page(items=bench.notices.subscriptions())


@router.get(PRODUCT, operation_id="getSubscription", summary="Whether and why one is told about a product")
def get_subscription(bench: Bench, name: FullName) -> Told:
    return bench.notices.told(name)


@router.put(PRODUCT, operation_id="subscribe", summary="Be told about a product")
def subscribe(bench: Bench, name: FullName, draft: SubscriptionDraft) -> Told:
    return bench.notices.subscribe(name, draft)


@router.delete(PRODUCT, operation_id="unsubscribe", summary="End one's subscription to a product")
def unsubscribe(bench: Bench, name: FullName) -> Told:
    return bench.notices.unsubscribe(name)


@router.post(f"{PRODUCT}/mute", operation_id="mute", summary="Be told nothing about a product for a while")
def mute(bench: Bench, name: FullName, body: MuteDraft) -> Told:
    return bench.notices.mute(name, until=body.until)


@router.post(f"{PRODUCT}/unmute", operation_id="unmute", summary="Be told about a product again")
def unmute(bench: Bench, name: FullName) -> Told:
    return bench.notices.unmute(name)


@router.get(DOMAIN, operation_id="getDomainSubscription", summary="Whether and why one is told about a domain")
def get_domain_subscription(bench: Bench, name: DomainName) -> Told:
    return bench.notices.told(name)


@router.put(DOMAIN, operation_id="subscribeToDomain", summary="Be told about all products of a domain")
def subscribe_to_domain(bench: Bench, name: DomainName, draft: SubscriptionDraft) -> Told:
    return bench.notices.subscribe(name, draft)


@router.delete(DOMAIN, operation_id="unsubscribeFromDomain", summary="End one's subscription to a domain")
def unsubscribe_from_domain(bench: Bench, name: DomainName) -> Told:
    return bench.notices.unsubscribe(name)


@router.post(f"{DOMAIN}/mute", operation_id="muteDomain", summary="Be told nothing about a domain for a while")
def mute_domain(bench: Bench, name: DomainName, body: MuteDraft) -> Told:
    return bench.notices.mute(name, until=body.until)


@router.post(f"{DOMAIN}/unmute", operation_id="unmuteDomain", summary="Be told about a domain again")
def unmute_domain(bench: Bench, name: DomainName) -> Told:
    return bench.notices.unmute(name)
