"""Webhooks: an HTTPS POST of JSON, signed as the Standard Webhooks specification says.

    webhook-id: <id of the delivery, stable over all attempts>
    webhook-timestamp: <seconds since 1970>
    webhook-signature: v1,<base64 of HMAC-SHA256(key, id + "." + timestamp + "." + body)>

Whoever can name an address could otherwise reach what only the worker reaches, so:

- A name is resolved once; if any of its addresses is not a public one, nothing is sent, unless the settings allow that
  network. The connection goes to the address that was looked at, whatever the name means by then.
- No redirect is followed, no proxy asked, no answer read beyond its status.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from mesh_workbench.errors import InvalidInput, MeshError, Unavailable
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.base import Message, Resolve
from mesh_workbench.notifiers.references import check_reference, is_reference
from mesh_workbench.settings import Settings

_TIMEOUT_S = 10.0
_NAT64 = ip_network("64:ff9b::/96")


class WebhookNotifier:
    """Posts messages to a URL. One attempt takes at most `whole_s` seconds, however slowly the other side speaks."""

    description = "A signed HTTPS POST of JSON to a URL."

    def __init__(self, settings: Settings, whole_s: float = 20.0) -> None:
        self._whole_s = whole_s
        self._allowed = [ip_network(network, strict=False) for network in settings.webhook_networks]

    def check(self, address: Address) -> None:
        """Raises InvalidInput `notice.webhook-url`, `notice.webhook-private`, `notice.reference`; Unavailable
        `notice.webhook-unknown-host`."""
        if not address.secret:
            raise InvalidInput(
                "notice.webhook-unsigned",
                "A webhook needs a key, by which its receiver knows that we sent it.",
                hint="Name it by a reference such as env:MESH_NOTIFY_KEY.",
            )
        for reference in [address.secret, *([address.to] if is_reference(address.to) else [])]:
            check_reference(reference)
        if not is_reference(address.to):
            self._target(address.to)

    def send(self, address: Address, message: Message, secret: Resolve) -> None:
        """Raises as `check`; InvalidInput `notice.webhook-gone`, Unavailable `notice.webhook-failed`."""
        url, addresses = self._target(secret(address.to) if is_reference(address.to) else address.to)
        body = json.dumps(message.document, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "mesh-workbench",
            **signed(message.id, int(time.time()), body, secret(address.secret)),
        }
        with _translated(url.hostname or ""), _connected(url, addresses, self._whole_s) as connection:
            connection.request("POST", f"{url.path or '/'}{'?' + url.query if url.query else ''}", body, headers)
            status = connection.getresponse().status
        if status == http.client.GONE or 300 <= status < 400:
            raise InvalidInput(
                "notice.webhook-gone",
                f"The webhook answered {status}: {'it is gone' if status == http.client.GONE else 'it has moved'}.",
                hint="Configure its new URL; redirects are not followed.",
            )
        if not 200 <= status < 300:
            raise Unavailable("notice.webhook-failed", f"The webhook answered {status}.", hint="Look at its own log.")

    def _target(self, text: str) -> tuple[SplitResult, list[str]]:
        """The URL, and the IP addresses of its host, all of them allowed."""
        url = _parsed(text)
        host = url.hostname or ""
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable(
                "notice.webhook-unknown-host", f"There is no host {host!r}.", hint="Check how it is written."
            ) from error
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        for address in addresses:
            if not self._allows(address, public_enough=url.scheme == "https"):
                raise InvalidInput(
                    "notice.webhook-private",
                    f"{host} is at {address}, to which webhooks are not sent"
                    f"{'' if url.scheme == 'https' else ' without TLS'}.",
                    hint="An administrator may allow that network with the setting webhook_networks.",
                )
        return url, addresses

    def _allows(self, text: str, *, public_enough: bool) -> bool:
        address = _meant(ip_address(text))
        if any(address in network for network in self._allowed):
            return True
        return public_enough and address.is_global and not address.is_multicast


def signed(message_id: str, timestamp: int, body: bytes, key: str) -> dict[str, str]:
    """The three headers by which a receiver knows who sent `body`, and when. `key` may be `whsec_` and base64."""
    try:
        raw = base64.b64decode(key.removeprefix("whsec_"), validate=True) if key.startswith("whsec_") else key.encode()
    except binascii.Error as error:
        raise InvalidInput(
            "notice.webhook-key", "The key of a webhook is not base64.", hint="Leave whsec_ out for a key that is text."
        ) from error
    signature = hmac.digest(raw, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _parsed(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        usable = url.scheme in ("https", "http") and bool(url.hostname) and url.username is None and url.port != 0
    except ValueError:
        usable = False
    if not (usable and text.isascii() and text.isprintable() and " " not in text):
        raise InvalidInput(
            "notice.webhook-url",
            "That is not a URL to post to.",  # it may hold a token, so it is not repeated
            hint="Write https://HOST/PATH without user and password; name one that holds a token by a reference.",
        )
    return url


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, else itself."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address
    return address


@contextmanager
def _connected(url: SplitResult, addresses: list[str], whole_s: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to the first of `addresses` that answers, cut after `whole_s` seconds.

    With TLS its certificate must be for the host of the URL.
    """
    host = url.hostname or ""
    connection = (http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection)(host, url.port)
    channel = _first_that_answers(addresses, connection.port)
    if url.scheme == "https":
        context = ssl.create_default_context()
        channel = context.wrap_socket(channel, server_hostname=host, do_handshake_on_connect=False)
    too_long = threading.Event()

    def cut() -> None:
        too_long.set()
        channel.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(whole_s, cut)
    alarm.daemon = True
    alarm.start()
    try:
        if isinstance(channel, ssl.SSLSocket):
            channel.do_handshake()
        connection.sock = channel
        yield connection
        if too_long.is_set():
            raise TimeoutError
    finally:
        alarm.cancel()
        connection.close()
        channel.close()


def _first_that_answers(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), _TIMEOUT_S)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), _TIMEOUT_S)


@contextmanager
def _translated(host: str) -> Iterator[None]:
    try:
        yield
    except MeshError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(
            "notice.webhook-failed",
            f"{host} cannot be reached: {type(error).__name__}.",
            hint="It must answer within ten seconds, with a certificate that is trusted here.",
        ) from error
