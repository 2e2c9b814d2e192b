"""What stands before every route: a limit on bodies, and an answer when something unforeseen happens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mesh_workbench.api.problem import response_to
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("mesh_workbench.api")


class Guard:
    """ASGI middleware. Once an answer has begun, an error can only cut it off: it is raised to the host."""

    def __init__(self, app: ASGIApp, *, max_body: int) -> None:
        self.app = app
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, await self._read(scope, receive), noted)
        except Exception as error:
            if begun:
                log.exception("an answer was cut off at %s", scope["path"])
                raise
            await response_to(error, scope["path"])(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        """The whole body, as something to receive. Raises InvalidInput `request.too-large`."""
        if self._declared(scope) > self.max_body:
            raise self._too_large()
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.max_body:
                raise self._too_large()
        first: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return first.pop() if first else await receive()

        return replay

    def _declared(self, scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0

    def _too_large(self) -> InvalidInput:
        return InvalidInput(
            "request.too-large",
            f"The body is larger than {self.max_body:,} bytes.",
            hint="A notebook is promoted without its outputs: clear them, or move large texts out of it.",
        )
