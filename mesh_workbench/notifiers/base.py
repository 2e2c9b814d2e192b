"""The seam `Notifier`: one way by which a message reaches somebody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from mesh_workbench.model.preferences import Address

Resolve = Callable[[str], str]
"""From a reference to the secret behind it. Raises MeshError when it is not there, or not for this person."""


@dataclass(frozen=True)
class Message:
    """What is sent: the same words in every form. Nothing in it is a value of any row."""

    id: str
    """Stable over all attempts: who gets a message twice knows by it."""
    subject: str
    """One line without control characters."""
    text: str
    html: str
    """The text as a whole HTML document; everything in it is escaped."""
    document: dict[str, Any]
    """The same for programs: plain JSON values, equal in every attempt."""
    created: datetime


class Notifier(Protocol):
    """Sends messages by one channel. A worker calls it in several threads at once; it keeps nothing between calls."""

    description: str
    """One sentence for those who choose a channel."""

    def check(self, address: Address) -> None:
        """Accept an address, or raise InvalidInput with a hint. Nothing is sent, no secret is looked up."""
        ...

    def send(self, address: Address, message: Message, secret: Resolve) -> None:
        """Hand the message over, within half a minute; returning means that the other side has taken it.

        Raises InvalidInput when trying again is of no use; any other MeshError means to try again later. No error text
        repeats a secret or an address that was one.
        """
        ...
