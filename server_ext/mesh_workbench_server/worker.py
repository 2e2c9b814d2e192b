"""The worker that the server keeps as its child: started, started again with back-off, stopped with the server."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.model.host import WorkerState
from mesh_workbench_server.child import Child

if TYPE_CHECKING:
    from mesh_workbench_server.host import Host

FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 60.0
STEADY_S = 60.0
"""Seconds that a worker must have lived for its death not to lengthen the back-off."""
LOOK_S = 5.0
"""Seconds between two looks for a workbench when there is none yet."""


class WorkerKeeper:
    """Keeps one worker alive. All of it runs in the server's event loop, and never waits in it."""

    def __init__(self, host: Host, command: list[str], log: Logger) -> None:
        self._host = host
        self._command = command
        self._log = log
        self._state = WorkerState(state="off")
        self._lines: deque[str] = deque(maxlen=20)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._spawned: asyncio.Task[Child] | None = None
        self._starts = 0

    @property
    def state(self) -> WorkerState:
        return self._state.model_copy(update={"last_lines": list(self._lines)})

    def start(self) -> None:
        """Keep a worker from now on; one that waits for its next start is started at once."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._keep())
        self._wake.set()

    async def stop(self) -> None:
        """Stop the worker, and do not start it again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._spawned is not None:
            with contextlib.suppress(OSError):
                await (await self._spawned).stop()
        self._say(state="stopped", pid=None, retry_at=None)

    async def _keep(self) -> None:
        delay = FIRST_DELAY_S
        while True:
            root = await asyncio.to_thread(self._host.found)
            if root is None:
                self._say(state="waiting")
                await self._rest(LOOK_S)
                continue
            began = time.monotonic()
            code = await self._live(root)
            delay = FIRST_DELAY_S if time.monotonic() - began > STEADY_S else delay
            self._log.warning("the mesh worker ended with code %s; it is started again in %.0f s", code, delay)
            retry_at = datetime.now(UTC) + timedelta(seconds=delay)
            self._say(state="backing_off", pid=None, last_exit=code, retry_at=retry_at)
            asked = await self._rest(delay)
            delay = FIRST_DELAY_S if asked else min(delay * 2, LONGEST_DELAY_S)

    async def _live(self, root: Path) -> int:
        # Shielded: a start that is cancelled half-way would leave a process that nobody knows.
        self._spawned = asyncio.ensure_future(Child.spawn(self._command, folder=root, root=root, on_line=self._heard))
        self._starts += 1
        try:
            child = await asyncio.shield(self._spawned)
        except OSError as error:
            self._heard(f"{self._command[0]}: {error}")
            return 127
        started = datetime.now(UTC)
        self._say(state="running", pid=child.pid, started=started, retry_at=None, restarts=self._starts - 1)
        code = await child.wait()
        self._spawned = None
        return code

    async def _rest(self, seconds: float) -> bool:
        """Wait, or until somebody asks for a worker: true then."""
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
            return True
        return False

    def _heard(self, line: str) -> None:
        self._lines.append(line[:500])
        self._log.info("mesh worker: %s", line[:2000])

    def _say(self, **changes: object) -> None:
        self._state = self._state.model_copy(update=changes)
