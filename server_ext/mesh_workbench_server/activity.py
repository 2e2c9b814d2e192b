"""Telling cullers that a server on which runs are active is not idle."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench_server.host import Host

SETTING = "mesh_workbench_last_activity"
"""Jupyter Server counts every setting that ends in `_last_activity`."""


class Activity:
    """Looks now and then whether a run waits or works."""

    def __init__(self, host: Host, settings: dict[str, Any], every_s: float = 30.0) -> None:
        self._host = host
        self._settings = settings
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def look(self) -> None:
        """Mark activity when a run waits or works. Blocks."""
        bench = self._host.opened()
        if bench is None:
            return
        with contextlib.suppress(MeshError):  # a registry that is silent now is asked again
            status = bench.catalog.status()
            if status.queued or status.running:
                self._settings[SETTING] = datetime.now(UTC)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await asyncio.to_thread(self.look)
