"""The query sessions of an open workbench."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.engine.sessions import Sessions


class SessionKeeper:
    """The query sessions of one open workbench, made when the first query comes; shared by all who act in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._sessions: Sessions | None = None

    def get(self) -> Sessions:
        from mesh_workbench.engine.session import Limits
        from mesh_workbench.engine.sessions import Sessions

        with self._lock:
            if self._sessions is None:
                given = self._settings
                limits = Limits(memory=given.query_memory, disk=given.query_disk, timeout_s=given.query_timeout_s)
                self._sessions = Sessions(limits)
            return self._sessions

    def close(self) -> None:
        with self._lock:
            if self._sessions is not None:
                self._sessions.close()
                self._sessions = None
