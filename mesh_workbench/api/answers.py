"""Answers over HTTP: queued, streamed or as a page, tagged, and stopped when the client leaves.

A client that leaves cancels its query, once it gives rows; until then it holds its place in the queue, so that
clients who come and go cannot start more queries than the queue allows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import Request, Response
from starlette.responses import StreamingResponse

from mesh_workbench.api.etag import seen
from mesh_workbench.api.pieces import Pieces
from mesh_workbench.errors import InvalidInput, MeshError, Unavailable
from mesh_workbench.model.query import Answer, RowsPage

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mesh_workbench.engine.formats import Format

MAX_PAGE_ROWS = 10_000
MAX_QUERIES = 4
"""Queries that one server works on at the same time; more of them wait, so that every other route stays quick."""
MAX_STREAMS = 8
"""Streams that are open at the same time; more of them wait in their order. Each holds the buffers of its scan."""
MAX_STREAM_S = 600.0
"""Seconds after which a stream gives its place back: a client that takes longer is cut off."""
MAX_HEADER = 4_000
"""Characters of provenance that fit in a header; what is longer is only in the answer itself."""

Ask = Callable[[frozenset[str]], Answer]
"""Asks the workbench, given the tags of answers that the client has. It blocks."""
Result = TypeVar("Result")


async def stream(
    request: Request, form: Format, ask: Ask, link: Callable[[Answer], str | None] | None = None
) -> Response:
    """All rows as `form`. `link` says where the rows after these are."""
    queue, places = _queues(request)
    place = _Place(places)
    await place.take()
    try:
        answer = await run_sync(ask, _known(request, form.name), limiter=queue)
        headers = _headers(answer, form.name)
        if answer.known:
            place.give_back()
            return Response(status_code=304, headers=headers)
        provenance = answer.provenance.model_dump_json(ensure_ascii=True)
        if len(provenance) <= MAX_HEADER:
            headers["Mesh-Provenance"] = provenance
        following = link(answer) if link else None
        if following:
            headers["Link"] = f'<{following}>; rel="next"'
        pieces = Pieces(answer, form)
        place.then(pieces.cancel)
        # The first piece is made before the answer begins: most errors can still become a problem document.
        first = await run_sync(pieces.next, limiter=queue, abandon_on_cancel=True)
    except BaseException:
        place.give_back()
        raise
    return _Stream(_streamed(pieces, first, queue), place, media_type=form.media_type, headers=headers)


async def page(
    request: Request, limit: int, ask: Ask, finish: Callable[[RowsPage], RowsPage] | None = None
) -> Response:
    """The first `limit` rows as JSON. `ask` asks for one row more, which says whether there are more."""
    queue, _ = _queues(request)
    answer = await run_sync(ask, _known(request, "json"), limiter=queue)
    headers = _headers(answer, "json")
    if answer.known:
        return Response(status_code=304, headers=headers)
    rows = await _while_there(request, lambda: _page(answer, limit, queue))
    body = (finish(rows) if finish else rows).model_dump_json()
    return Response(body, media_type="application/json", headers=headers)


def check_page(limit: int, where: str) -> None:
    """Raise InvalidInput `query.too-many-rows` when a page cannot have so many."""
    if limit > MAX_PAGE_ROWS:
        raise InvalidInput(
            "query.too-many-rows",
            f"A JSON answer has at most {MAX_PAGE_ROWS:,} rows, and {limit:,} were asked for.",
            hint="Lower `limit`, or ask for another format, for example with format=csv in the address.",
            where=where,
        )


def _known(request: Request, form: str) -> frozenset[str]:
    """The tags of the answers in this format that the client has."""
    ends = f".{form}"
    tags = seen(request.headers.get("if-none-match", "")[:1000])
    return frozenset(tag.removesuffix(ends) for tag in tags if tag.endswith(ends))


def _headers(answer: Answer, form: str) -> dict[str, str]:
    # The tag is weak: rows that nobody ordered may come in another order, and the moment of asking is another.
    if answer.tag is None:
        return {"Cache-Control": "private, no-store"}
    return {"Cache-Control": "private, no-cache", "ETag": f'W/"{answer.tag}.{form}"', "Vary": "Accept"}


async def _page(answer: Answer, limit: int, queue: anyio.CapacityLimiter) -> RowsPage:
    from mesh_workbench.engine.page import page

    try:
        return await run_sync(page, answer, limit, limiter=queue, abandon_on_cancel=True)
    except anyio.get_cancelled_exc_class():
        answer.cancel()
        raise


async def _while_there(request: Request, work: Callable[[], Awaitable[Result]]) -> Result:
    """What `work` answers, which is cancelled when the client leaves."""
    results: list[Result] = []
    failure: MeshError | None = None

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            results.append(await work())
        except MeshError as error:  # raised below, outside the group, which would wrap it
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    if not results:
        raise Unavailable("query.cancelled", "Nobody waits for the answer any more.")
    return results[0]


def _queues(request: Request) -> tuple[anyio.CapacityLimiter, anyio.CapacityLimiter]:
    """The limiters of work and of open streams."""
    # Made at the first query, because a limiter belongs to the event loop that runs the application.
    queues: tuple[anyio.CapacityLimiter, anyio.CapacityLimiter] | None = getattr(request.app.state, "queries", None)
    if queues is None:
        queues = request.app.state.queries = anyio.CapacityLimiter(MAX_QUERIES), anyio.CapacityLimiter(MAX_STREAMS)
    return queues


class _Place:
    """The place of one stream among those that are open; it is given back once, at the latest when its time is up."""

    def __init__(self, places: anyio.CapacityLimiter) -> None:
        self._places = places
        self._end: Callable[[], None] = lambda: None
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        await self._places.acquire_on_behalf_of(self)
        self._timer = asyncio.get_running_loop().call_later(MAX_STREAM_S, self.give_back)

    def then(self, end: Callable[[], None]) -> None:
        """What to do when the place is given back."""
        self._end = end
        if self._timer is None:  # its time was up before
            end()

    def give_back(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._places.release_on_behalf_of(self)
            self._end()


class _Stream(StreamingResponse):
    """A stream whose place is free again however it ends."""

    def __init__(
        self, pieces: AsyncIterator[bytes], place: _Place, *, media_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._place.give_back()


async def _streamed(pieces: Pieces, first: bytes | None, queue: anyio.CapacityLimiter) -> AsyncIterator[bytes]:
    piece = first
    while piece is not None:
        yield piece
        piece = await run_sync(pieces.next, limiter=queue, abandon_on_cancel=True)
