"""Since when something that we depend on does not answer."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from mesh_workbench.errors import Unavailable

RETRY_AFTER_S = 2.0
FORGET_S = 20.0
"""Seconds without a failure after which the next one begins a new silence."""


class Silence:
    """Remembers, for each code, when a row of failures began. Pages ask every few seconds, so rows have no gaps."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[datetime, float]] = {}
        self._lock = threading.Lock()

    def told(self, error: Unavailable) -> Unavailable:
        """The same error with `since` and `retry_after_s` in its details."""
        with self._lock:
            since, last = self._rows.get(error.code, (datetime.now(UTC), time.monotonic()))
            if time.monotonic() - last > FORGET_S:
                since = datetime.now(UTC)
            self._rows[error.code] = since, time.monotonic()
        details = {"since": since.isoformat(), "retry_after_s": RETRY_AFTER_S, **error.details}
        return Unavailable(error.code, error.message, hint=error.hint, where=error.where, details=details)
