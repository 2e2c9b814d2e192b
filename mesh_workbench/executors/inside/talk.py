"""Messages between worker and kernel-to-be: one JSON object a line; with an order comes the file of the log."""

from __future__ import annotations

import json
import socket
from typing import Any

GENTLY = b"g"
"""What the worker writes into the socket of a run whose kernel was asked to leave, before it closes it."""
NEXT, RETIRE = b"n", b"r"
"""What the worker writes into the common socket: that a run's socket comes along, or that no other run will come."""
_LONGEST = 1 << 24


def say(to: socket.socket, **message: Any) -> None:
    """Send it; raises OSError when nobody is there."""
    to.sendall(json.dumps(message).encode() + b"\n")


def receive(of: socket.socket) -> tuple[dict[str, Any], int]:
    """The next message, and the number of the file that came with it (-1 without one).

    Raises EOFError when the other end has closed, and OSError and ValueError for what is no message.
    """
    text, numbers, _, _ = socket.recv_fds(of, 1 << 16, 1)
    while not text.endswith(b"\n"):
        more = of.recv(1 << 16)
        if not more or len(text) > _LONGEST:
            raise EOFError
        text += more
    return json.loads(text), numbers[0] if numbers else -1


def send_order(to: socket.socket, order: dict[str, Any], log: int) -> None:
    """Send an order and the file of its log; raises OSError."""
    text = json.dumps(order).encode() + b"\n"
    sent = socket.send_fds(to, [text], [log])
    if sent < len(text):  # not an empty rest: whoever has the order may have closed its end
        to.sendall(text[sent:])
