"""From a Jupyter request to the API's ASGI application in the same process, streaming the answer back.

Jupyter authenticates, authorizes and checks XSRF; the application gets the identity, never a cookie or a token.
Headers pass by allow-list in both directions. A client that leaves cancels what is being done for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from urllib.parse import unquote

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from mesh_workbench_server.mounted import IDENTITY
from mesh_workbench_server.refusal import MeshHandler

HEADERS_IN = ("Accept", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID")
HEADERS_OUT = frozenset(
    b"content-type etag location cache-control content-security-policy x-content-type-options x-accel-buffering "
    b"retry-after allow content-disposition link vary mesh-provenance".split()
)
QUERY_KEPT_HERE = ("token", "_xsrf", "no_track_activity")
"""What is meant for Jupyter in a query, secrets among it."""


class Bridge(MeshHandler):
    """Every route of the API.

    Each method carries its own decorators: `authorized` remembers the action of the first request that it sees.
    """

    @authenticated
    @authorized
    async def get(self) -> None:
        await self._forward()

    @authenticated
    @authorized
    async def post(self) -> None:
        await self._forward()

    @authenticated
    @authorized
    async def put(self) -> None:
        await self._forward()

    @authenticated
    @authorized
    async def delete(self) -> None:
        await self._forward()

    def initialize(self) -> None:
        self._left = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._start: dict[str, Any] | None = None
        self._asked = False
        self._content_type = "application/json"

    def on_connection_close(self) -> None:
        self._left.set()
        if self._work is not None:
            self._work.cancel()

    def compute_etag(self) -> None:
        """Tags are the application's business."""

    def finish(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("set_content_type", self._content_type)
        return super().finish(*args, **kwargs)

    async def _forward(self) -> None:
        application = await self.extension.mounted.start()
        self._work = asyncio.ensure_future(application(self._scope(), self._receive, self._send))
        try:
            await self._work
        except asyncio.CancelledError:
            if not self._left.is_set():
                raise
        except StreamClosedError:
            self._left.set()
        except Exception:
            if not self._headers_written:
                raise
            # The application has logged it. A cut connection tells the client that the answer is not whole.
            with contextlib.suppress(StreamClosedError):
                self.detach().close()

    def _scope(self) -> dict[str, Any]:
        body = self.request.body
        headers = [
            (name.lower().encode(), self.request.headers[name].encode("latin-1", "replace"))
            for name in HEADERS_IN
            if name in self.request.headers
        ]
        query = [pair for pair in self.request.query.split("&") if pair.partition("=")[0] not in QUERY_KEPT_HERE]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.request.method,
            "scheme": self.request.protocol,
            "path": unquote(self.request.path),
            "raw_path": self.request.path.encode("utf-8", "surrogateescape"),
            "query_string": "&".join(query).encode("utf-8", "surrogateescape"),
            "root_path": self.base_url.rstrip("/"),
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
            "client": None,
            "server": None,
            IDENTITY: self.asking(),
        }

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self._left.is_set():
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            self._head(self._start)
            self._start = None
        body, more = message.get("body", b""), message.get("more_body", False)
        if not more:
            self.finish(body or None)
            return
        if body:
            self.write(body)
            await self.flush()

    def _head(self, start: dict[str, Any]) -> None:
        self.set_status(start["status"])
        for name, value in start["headers"]:
            if name.lower() in HEADERS_OUT:
                self.set_header(name.decode("latin-1"), value.decode("latin-1"))
            if name.lower() == b"content-type":
                self._content_type = value.decode("latin-1")
