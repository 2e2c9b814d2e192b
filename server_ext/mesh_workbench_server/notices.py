"""Telling people while no worker is alive: that nothing runs is what they should be told."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench_server.host import Host

_log = logging.getLogger(__name__)


class Notices:
    """Looks now and then for what is to be told, as workers do while there are any."""

    def __init__(self, host: Host, every_s: float = 30.0) -> None:
        self._host = host
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
        """Tell and send what is due, when no worker does. Blocks."""
        bench = self._host.opened()
        if bench is None:
            return
        try:
            if not bench.catalog.status().workers:
                bench.notices.sweep()
        except MeshError as fault:
            _log.debug("Notices wait: %s", fault)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await asyncio.to_thread(self.look)
