"""The lock of a product's publisher: taken, renewed while the work lasts, released."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, MeshError

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

_log = logging.getLogger(__name__)


class PublisherLock:
    """Holds the lock of one product; `fence` is its fencing number, higher than every earlier one.

    A thread renews the lease. A process that was stopped past its lease finds out when it asks `renew`, and in any
    case at the table or at the registry, which both refuse an overtaken fencing number.

    Raises Conflict `publish.busy` when somebody else holds the lock for longer than `wait_s`; `waiting` is called again
    and again meanwhile, and may raise to give up.
    """

    def __init__(
        self,
        registry: Registry,
        product_id: str,
        *,
        holder: str,
        lease_s: float,
        wait_s: float = 0.0,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self._registry, self._product_id, self._lease_s = registry, product_id, lease_s
        self._holder, self._wait_s, self._waiting = holder, wait_s, waiting
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"publisher-lock-{product_id}", daemon=True)
        self.fence = 0

    def renew(self) -> bool:
        """Whether the lock is still ours; extends the lease if so."""
        return self._registry.publications.renew(self._product_id, self.fence, self._lease_s)

    def __enter__(self) -> PublisherLock:
        deadline, pause = time.monotonic() + self._wait_s, 0.05
        while True:
            try:
                self.fence = self._registry.publications.acquire_lock(self._product_id, self._holder, self._lease_s)
                break
            except Conflict:
                if time.monotonic() + pause > deadline:
                    raise
            self._waiting()
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        try:
            self._registry.publications.release_lock(self._product_id, self.fence)
        except MeshError as fault:  # the lease ends by itself; what went wrong before must not be hidden
            _log.warning("The publisher's lock of %s could not be released: %s", self._product_id, fault)

    def _keep(self) -> None:
        while not self._stop.wait(self._lease_s / 3):
            try:
                if not self.renew():
                    return
            except MeshError as fault:
                _log.warning("The publisher's lock of %s could not be renewed: %s", self._product_id, fault)
