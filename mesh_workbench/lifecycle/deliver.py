"""deliver: send messages that are due, at least once each.

A message is claimed, sent and recorded as sent. Who dies in between leaves it claimed; when the lease is over it is
sent again, with the same id, by which its receiver can tell. What cannot be sent is tried again after growing pauses,
and given up in the end, with the reason, where `mesh notify deliveries` and `mesh doctor` show it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput, MeshError, NotFound, did_you_mean
from mesh_workbench.lifecycle.compose import compose, trial
from mesh_workbench.lifecycle.recipients import PLATFORM, platform_addresses
from mesh_workbench.model.base import new_id
from mesh_workbench.model.delivery import Delivery, DeliveryState
from mesh_workbench.model.notice import Notice
from mesh_workbench.model.preferences import Address, Preferences
from mesh_workbench.notifiers.base import Message, Notifier
from mesh_workbench.notifiers.references import for_person, for_platform
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

LEASE_S = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
_LONGEST_ERROR = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """Any number may work at once, in threads and processes: the registry decides who sends what."""

    registry: Registry
    settings: Settings
    notifiers: Mapping[str, Notifier]

    def deliver(self, ended: Callable[[], bool] = lambda: False) -> int:
        """Send everything that is due, one message after the other, until `ended`; how many were tried."""
        tried = 0
        while not ended() and (delivery := self.registry.deliveries.claim(LEASE_S)) is not None:
            self._deliver(delivery)
            tried += 1
        return tried

    def test(self, identity: str, channel: str) -> Delivery:
        """Send a message to see whether a channel works, now and only once.

        Raises NotFound `notice.no-address`, `notice.unknown-channel`, and what the notifier raises.
        """
        moment = self.registry.now()
        delivery = Delivery(
            id=new_id("dlv"), identity=identity, channel=channel, due=moment, created=moment, attempts=1
        )
        self._send(
            delivery, self._address(delivery, self.registry.preferences.get(identity)), trial(delivery, self.settings)
        )
        return delivery.model_copy(update={"state": DeliveryState.SENT, "ended": self.registry.now()})

    def notifier(self, channel: str) -> Notifier:
        """The notifier of a channel. Raises NotFound `notice.unknown-channel`."""
        if channel not in self.notifiers:
            raise NotFound(
                "notice.unknown-channel",
                f"There is no channel {channel!r}.",
                hint=did_you_mean(channel, self.notifiers),
            )
        return self.notifiers[channel]

    def _deliver(self, delivery: Delivery) -> None:
        registry = self.registry
        notices = registry.notices.many(delivery.notices)
        preferences = registry.preferences.get(delivery.identity)
        moment = registry.now()
        ready = moment if _urgent(notices, preferences) else preferences.ready(moment)
        if ready > moment:  # since it was put there, hours became quiet
            registry.deliveries.postpone(delivery, ready)
            return
        why = registry.notices.why(delivery.identity, delivery.notices)
        message = compose(delivery, notices, why, self.settings, preferences.timezone)
        try:
            self._send(delivery, self._address(delivery, preferences), message)
        except (InvalidInput, NotFound) as error:
            self._give_up(delivery, error)
        except MeshError as error:
            self._failed(delivery, error.message)
        except Exception as error:  # noqa: BLE001  a notifier that errs, a plug-in's above all, takes no other one down
            self._failed(delivery, f"The channel {delivery.channel} failed: {type(error).__name__}.")
        else:
            registry.deliveries.sent(delivery)

    def _send(self, delivery: Delivery, address: Address, message: Message) -> None:
        personal = delivery.identity != PLATFORM
        secret = for_person(self.settings.secrets_folder) if personal else for_platform
        self.notifier(delivery.channel).send(address, message, secret)

    def _address(self, delivery: Delivery, preferences: Preferences) -> Address:
        """Where it goes now: what was corrected since the last attempt counts."""
        known = preferences.addresses if delivery.identity != PLATFORM else platform_addresses(self.settings)
        if delivery.channel not in known:
            raise NotFound(
                "notice.no-address",
                f"There is no address for {delivery.channel}.",
                hint=f"Set one: mesh notify address {delivery.channel} ADDRESS",
            )
        return known[delivery.channel]

    def _failed(self, delivery: Delivery, error: str) -> None:
        if delivery.attempts >= self.settings.notice_attempts:
            self._give_up(delivery, error)
            return
        pause = min(_FIRST_PAUSE * 4 ** (delivery.attempts - 1), _LONGEST_PAUSE)
        _log.warning("The message %s by %s is tried again in %s: %s", delivery.id, delivery.channel, pause, error)
        self.registry.deliveries.retry(delivery, error[:_LONGEST_ERROR], self.registry.now() + pause)

    def _give_up(self, delivery: Delivery, error: MeshError | str) -> None:
        words = error if isinstance(error, str) else error.message
        _log.warning("The message %s by %s was given up: %s", delivery.id, delivery.channel, words)
        self.registry.deliveries.give_up(delivery, words[:_LONGEST_ERROR])


def _urgent(notices: list[Notice], preferences: Preferences) -> bool:
    return any(notice.kind in preferences.urgent for notice in notices)
