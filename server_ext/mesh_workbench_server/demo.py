"""Building the demo from JupyterLab: a child process whose progress the page asks for."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import Conflict, Unavailable
from mesh_workbench.model.host import DemoState
from mesh_workbench_server.child import Child

if TYPE_CHECKING:
    from mesh_workbench_server.host import Host


class Demo:
    """At most one demo at a time. Each line that the child writes is an event when it is a JSON object, else text."""

    def __init__(self, host: Host, command: list[str]) -> None:
        self._host = host
        self._command = command
        self._state = DemoState()
        self._events: deque[dict[str, Any]] = deque(maxlen=500)
        self._lines: deque[str] = deque(maxlen=200)
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> DemoState:
        return self._state.model_copy(update={"events": list(self._events), "last_lines": list(self._lines)})

    async def start(self, folder: Path) -> DemoState:
        """Begin to build it in `folder`. Raises Conflict `demo.running`, Unavailable `demo.not-started`."""
        if self._state.state == "running":
            raise Conflict(
                "demo.running", f"The demo is being built in {self._state.folder}.", hint="Wait until it is done."
            )
        self._events.clear()
        self._lines.clear()
        self._state = DemoState(state="running", folder=str(folder), started=datetime.now(UTC))
        try:
            self._child = await Child.spawn(
                [*self._command, str(folder)], folder=folder, root=None, on_line=self._heard
            )
        except OSError as error:
            self._end("failed", 127)
            raise Unavailable(
                "demo.not-started", f"The demo cannot be started: {error}.", hint="Run `mesh demo` in a terminal."
            ) from error
        self._task = asyncio.ensure_future(self._follow(self._child, folder))
        return self.state

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self, child: Child, folder: Path) -> None:
        code = await child.wait()
        self._child = None
        if code == 0:
            await asyncio.to_thread(self._host.adopt, folder)
        self._end("done" if code == 0 else "failed", code)

    def _end(self, state: str, code: int) -> None:
        self._state = self._state.model_copy(update={"state": state, "exit_code": code, "finished": datetime.now(UTC)})

    def _heard(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if isinstance(event, dict):
            self._events.append(event)
        elif line:
            self._lines.append(line[:500])
