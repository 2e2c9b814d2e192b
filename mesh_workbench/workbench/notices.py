"""Notices of the local workbench."""

from __future__ import annotations

from datetime import datetime

from mesh_workbench.errors import InvalidInput, NotFound, did_you_mean
from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.lifecycle.recipients import Scope, audience, told_of
from mesh_workbench.lifecycle.tell import Teller
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.delivery import Delivery
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notice import Notice, NoticeSummary, Sweep
from mesh_workbench.model.preferences import Channel, Preferences, PreferencesDraft
from mesh_workbench.model.subscription import IN_LAB, Recipient, Subscription, SubscriptionDraft, Told
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.implementations import notifiers_of

UNDELIVERED_S = 7 * 86_400.0
"""For how long somebody is reminded of messages that did not reach them."""


class LocalNotices:
    """Implements `protocol.Notices` on the registry. Everything but `deliveries` of everybody is about who asks."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def summary(self) -> NoticeSummary:
        registry = self._context.registry
        unread, newest = registry.notices.unread(self._me)
        undelivered = registry.deliveries.given_up(UNDELIVERED_S, self._me)
        return NoticeSummary(unread=unread, newest=newest, undelivered=undelivered)

    def read(self, notice_ids: list[str] | None = None) -> NoticeSummary:
        self._context.registry.notices.read(self._me, notice_ids)
        return self.summary()

    def told(self, target: str) -> Told:
        """Raises NotFound `product.unknown`, `domain.unknown`."""
        context = self._context
        scope = self._scope(target)
        roles = context.settings.notice_roles
        return told_of(context.registry, scope, self._me, roles, context.registry.now())

    def recipients(self, name: ProductName) -> list[Recipient]:
        """Who is told about a product; of one that is still to be made, who would be."""
        context, registry = self._context, self._context.registry
        known = registry.products.get(name.domain, name.product)
        scope = (
            Scope.of_product(registry, known)
            if known
            else Scope(str(name), registry.domains.ancestry(name.domain), context.identity.name)
        )
        return audience(registry, scope, context.settings.notice_roles, registry.now(), context.settings)

    def subscriptions(self) -> list[Subscription]:
        return self._context.registry.subscriptions.of(self._me)

    def subscribe(self, target: str, draft: SubscriptionDraft) -> Told:
        """Say what to be told about it, and unmute it. Raises NotFound `product.unknown`, `domain.unknown`,
        `notice.unknown-channel`; InvalidInput `notice.no-events`."""
        if not draft.events:
            raise InvalidInput(
                "notice.no-events",
                "A subscription to nothing tells nothing.",
                hint="Name an event, or mute it instead.",
            )
        known = [IN_LAB, *notifiers_of(self._context.settings)]
        for channel in draft.channels:
            if channel not in known:
                raise _unknown(channel, known)
        unique = {"events": list(dict.fromkeys(draft.events)), "channels": list(dict.fromkeys(draft.channels))}
        return self._set(target, "notice.subscribe", muted=False, muted_until=None, **unique)

    def unsubscribe(self, target: str) -> Told:
        """Raises NotFound `product.unknown`, `domain.unknown`, `notice.not-subscribed`."""
        context, scope = self._context, self._scope(target)
        with context.registry.transaction():
            if not context.registry.subscriptions.remove(self._me, scope.target):
                raise NotFound(
                    "notice.not-subscribed",
                    f"You are not subscribed to {scope.target}.",
                    hint="`mesh notify subscriptions` lists what you are subscribed to; what you own you can mute.",
                )
            context.audit("notice.unsubscribe", scope.target)
        return self.told(target)

    def mute(self, target: str, *, until: datetime | None = None) -> Told:
        """Be told nothing about it until then, or until `unmute`. Raises NotFound as `told`, InvalidInput
        `notice.past`."""
        if until is not None and until <= self._context.registry.now():
            raise InvalidInput("notice.past", "That moment has passed.", hint="Give a moment in the future.")
        return self._set(target, "notice.mute", muted=True, muted_until=until)

    def unmute(self, target: str) -> Told:
        """Raises NotFound as `told`, and `notice.not-muted`."""
        known = self._context.registry.subscriptions.get(self._me, self._scope(target).target)
        if known is None or not known.muted:
            raise NotFound("notice.not-muted", f"{target} is not muted.", hint="Nothing needs to be done.")
        return self._set(target, "notice.unmute", muted=False, muted_until=None)

    def channels(self) -> list[Channel]:
        notifiers = notifiers_of(self._context.settings)
        return [Channel(name=name, description=notifier.description) for name, notifier in notifiers.items()]

    def preferences(self) -> Preferences:
        return self._context.registry.preferences.get(self._me)

    def set_preferences(self, draft: PreferencesDraft) -> Preferences:
        """Raises InvalidInput `notice.unknown-zone`, NotFound `notice.unknown-channel`, and what notifiers say of an
        address; then nothing is stored."""
        context = self._context
        _check_zone(draft.timezone)
        post = self._post()
        known = self.preferences()
        for channel, address in draft.addresses.items():
            notifier = post.notifier(channel)
            if known.addresses.get(channel) != address:
                notifier.check(address)
        with context.registry.transaction():
            saved = context.registry.preferences.set(Preferences(**draft.model_dump(), identity=self._me))
            context.audit("notice.preferences", self._me, channels=", ".join(sorted(draft.addresses)))
        return saved

    def test(self, channel: str) -> Delivery:
        """Raises NotFound `notice.no-address`, `notice.unknown-channel`, and what the notifier raises."""
        return self._post().test(self._me, channel)

    def deliveries(self, *, everybody: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Delivery]:
        """Messages to who asks, the newest first. Those of everybody are for platform administrators."""
        if everybody:
            self._context.demand(Action.ADMINISTER)
        identity = None if everybody else self._me
        return self._context.registry.deliveries.list(identity, cursor=cursor, limit=limit)

    def sweep(self) -> Sweep:
        context = self._context
        told = Teller(context.registry, context.settings).tell()
        return Sweep(told=told, tried=self._post().deliver())

    def list(self, *, unread: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Notice]:
        return self._context.registry.notices.list(self._me, unread=unread, cursor=cursor, limit=limit)

    @property
    def _me(self) -> str:
        return self._context.identity.name

    def _post(self) -> Post:
        context = self._context
        return Post(context.registry, context.settings, notifiers_of(context.settings))

    def _scope(self, target: str) -> Scope:
        context = self._context
        if "." in target:
            return Scope.of_product(context.registry, context.product(target))
        return Scope.of_domain(context.registry, context.domain_name(target))

    def _set(self, target: str, action: str, **changes: object) -> Told:
        context, scope = self._context, self._scope(target)
        with context.registry.transaction():
            fresh = Subscription(
                id=new_id("sub"), identity=self._me, target=scope.target, created=context.registry.now()
            )
            known = context.registry.subscriptions.get(self._me, scope.target) or fresh
            context.registry.subscriptions.set(known.model_copy(update=changes))
            context.audit(action, scope.target)
        return self.told(target)


def _unknown(channel: str, known: list[str]) -> NotFound:
    return NotFound("notice.unknown-channel", f"There is no channel {channel!r}.", hint=did_you_mean(channel, known))


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "notice.unknown-zone", f"There is no time zone {name!r}.", hint=did_you_mean(name, available_timezones())
        ) from error
