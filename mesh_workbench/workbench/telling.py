"""Telling people, while a worker works: look for what is to be told, and send what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.lifecycle.tell import Teller
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.implementations import notifiers_of

EVERY_S, RESTS_S = 2.0, 30.0
"""Seconds between two looks: usually, and after something failed."""
SENDERS = 4
"""Messages sent at once: one side that is slow must not hold up all others."""
_FORGET_S = 3600.0
_END_S = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def telling(context: Context) -> Iterator[None]:
    """Tells people in a thread of its own until the block ends.

    Before it begins, what was late while nobody worked is told; at its end, what happened last.
    """
    teller = Teller(context.registry, context.settings)
    stop = threading.Event()
    thread = threading.Thread(target=_keep_telling, args=(context, teller, stop), name="mesh-telling", daemon=True)
    _tried(teller)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_END_S)  # a message that is being sent then is sent again by the next worker
        _tried(teller)


def _keep_telling(context: Context, teller: Teller, stop: threading.Event) -> None:
    post = Post(context.registry, context.settings, notifiers_of(context.settings))
    while not stop.is_set():
        well = _tried(teller) and _sent(context, post, stop)
        stop.wait(EVERY_S if well else RESTS_S)


def _tried(teller: Teller) -> bool:
    try:
        teller.tell()
    except MeshError as fault:
        _log.warning("Notices wait: %s", fault)
        return False
    return True


def _sent(context: Context, post: Post, stop: threading.Event) -> bool:
    registry, days = context.registry, context.settings.notice_days
    try:
        if due := registry.deliveries.overdue(0):
            with ThreadPoolExecutor(min(SENDERS, due), "mesh-sender") as pool:
                for sending in [pool.submit(post.deliver, stop.is_set) for _ in range(min(SENDERS, due))]:
                    sending.result()
        if days and registry.chores.take("notices", _FORGET_S):
            registry.deliveries.forget(days)
            registry.notices.forget(days)
    except MeshError as fault:
        _log.warning("Messages wait: %s", fault)
        return False
    return True
