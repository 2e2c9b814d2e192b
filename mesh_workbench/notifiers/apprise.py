"""Whatever the library apprise reaches: chats, phones, incident systems. Optional: `mesh-workbench[notify]`."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.base import Message, Resolve
from mesh_workbench.notifiers.references import check_reference
from mesh_workbench.settings import Settings


class AppriseNotifier:
    """Sends through a URL of apprise, which is always a secret: it holds the token."""

    description = "Slack, Teams, Telegram, PagerDuty and a hundred more, by a URL of apprise in a secret."

    def __init__(self, settings: Settings) -> None:
        self._title = settings.title

    def check(self, address: Address) -> None:
        """Raises InvalidInput `notice.reference`, and Unavailable `notice.no-apprise` when it is not installed."""
        check_reference(address.to)
        _library()

    def send(self, address: Address, message: Message, secret: Resolve) -> None:
        """Raises InvalidInput `notice.apprise-url`; Unavailable `notice.no-apprise`, `notice.apprise-failed`."""
        apprise = _library()
        asset = apprise.AppriseAsset(app_id=self._title, app_desc="mesh workbench", secure_logging=True)
        target = apprise.Apprise(asset=asset)
        if not target.add(secret(address.to)):
            raise InvalidInput(
                "notice.apprise-url",
                f"{address.to} holds no URL that apprise knows.",
                hint="Its manual lists them.",
            )
        if not target.notify(title=message.subject, body=message.text, body_format=apprise.NotifyFormat.TEXT):
            raise Unavailable(
                "notice.apprise-failed",
                f"The service behind {address.to} did not take the message.",
                hint="Check token and target with the command `apprise`.",
            )


def _library() -> Any:
    # What it logs repeats URLs, tokens and all, when it cannot read them.
    logging.getLogger("apprise").disabled = True
    try:
        return importlib.import_module("apprise")
    except ImportError as error:
        raise Unavailable(
            "notice.no-apprise", "The library apprise is not installed.", hint='pip install "mesh-workbench[notify]"'
        ) from error
