"""The log of reads, written behind the reader's back: a query does not wait for the registry's disk.

Records are written in batches by a thread, a fraction of a second after the read, and at the latest by `flush`,
`close` or the end of the process. While the registry does not answer they are kept and tried again.
"""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench.model.access import ReadRecord
    from mesh_workbench.registry import Registry

_DELAY_S = 0.2
_KEPT = 100_000


class ReadLog:
    """Appends read records to a registry. Safe to share between threads; whoever makes it closes it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._waiting: list[ReadRecord] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._at_exit = atexit.register(_flush, weakref.ref(self))

    def add(self, records: Sequence[ReadRecord]) -> None:
        """Take records; returns at once."""
        with self._lock:
            self._waiting.extend(records)
            if len(self._waiting) > _KEPT:  # the registry has been away for long: the oldest go
                del self._waiting[:-_KEPT]
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._work, name="mesh-read-log", daemon=True)
                self._thread.start()
        self._wake.set()

    def flush(self) -> None:
        """Write everything that waits. Raises Unavailable when the registry does not answer; nothing is lost then."""
        with self._writing:
            with self._lock:
                records, self._waiting = self._waiting, []
            try:
                self._registry.reads.add(records)
            except MeshError:
                with self._lock:
                    self._waiting[:0] = records
                raise

    def close(self) -> None:
        """Write what waits and stop. Raises Unavailable when the registry does not answer."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        atexit.unregister(self._at_exit)
        self.flush()

    def _work(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self._closed.wait(_DELAY_S):  # many quick reads become one write
                self._try()

    def _try(self) -> None:
        try:
            self.flush()
        except MeshError:
            self._wake.set()  # kept; tried again after the next delay


def _flush(log: weakref.ref[ReadLog]) -> None:
    alive = log()
    if alive is not None:
        alive._try()
