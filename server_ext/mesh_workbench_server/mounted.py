"""The API's ASGI application inside this process: made in a thread, its lifespan run once."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench
    from mesh_workbench_server.host import Host

IDENTITY = "mesh_workbench.identity"
"""Key of the ASGI scope under which the bridge says who asks; None means the operating-system user."""


class Mounted:
    """An ASGI application with its lifespan."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._starting: asyncio.Future[Any] | None = None
        self._life: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> Any:
        """The application, ready to be called; made the first time."""
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._start())
        return await asyncio.shield(self._starting)

    async def stop(self) -> None:
        """End the lifespan: live streams end too."""
        self._stopping.set()
        if self._life is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._life, 5)

    async def _start(self) -> Any:
        app = await asyncio.to_thread(self._make)  # importing FastAPI takes a while
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        told = False

        async def receive() -> dict[str, Any]:
            nonlocal told
            if told:
                await self._stopping.wait()
                return {"type": "lifespan.shutdown"}
            told = True
            return {"type": "lifespan.startup"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.failed":
                started.set_exception(RuntimeError(message.get("message", "")))
            elif message["type"] == "lifespan.startup.complete":
                started.set_result(None)

        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        self._life = asyncio.ensure_future(app(scope, receive, send))
        await started
        return app

    def _make(self) -> Any:
        from mesh_workbench.api.app import create_app

        def bench_for(request: Any) -> Workbench:
            return self._host.bench(request.scope.get(IDENTITY))

        return create_app(bench_for)
