"""Reading with SQL: rows for display as JSON, or all of them as an Arrow stream.

A client that leaves cancels its query, once it gives rows; until then it holds its place in the queue, so that
clients who come and go cannot start more queries than the queue allows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request, Response
from starlette.responses import StreamingResponse

from mesh_workbench.api.access import Bench
from mesh_workbench.api.arrow import MEDIA_TYPE, Pieces
from mesh_workbench.errors import InvalidInput, MeshError, Unavailable
from mesh_workbench.model.query import Answer, QueryRequest, RowsPage

router = APIRouter(tags=["query"])

MAX_JSON_ROWS = 10_000
MAX_QUERIES = 4
"""Queries that one server works on at the same time; more of them wait, so that every other route stays quick."""

Result = TypeVar("Result")


@router.post(
    "/query",
    operation_id="query",
    summary="Ask in SQL; Accept decides between rows as JSON and an Arrow stream",
    response_model=RowsPage,
    responses={200: {"description": "Rows, or an Arrow IPC stream.", "content": {MEDIA_TYPE: {"schema": {}}}}},
)
async def query(
    bench: Bench, body: QueryRequest, request: Request, accept: Annotated[str, Header(max_length=1000)] = "*/*"
) -> Response:
    queue = _queue(request)
    if MEDIA_TYPE in accept:
        pieces = Pieces(await run_sync(bench.query.sql, body, limiter=queue))
        return await _arrow(pieces, queue)
    if body.limit > MAX_JSON_ROWS:
        raise InvalidInput(
            "query.too-many-rows",
            f"A JSON answer has at most {MAX_JSON_ROWS:,} rows, and {body.limit:,} were asked for.",
            hint=f"Lower `limit`, or ask for {MEDIA_TYPE}.",
            where="body.limit",
        )
    # One row more than asked for says whether there are more.
    longer = body.model_copy(update={"limit": body.limit + 1})
    answer = await run_sync(bench.query.sql, longer, limiter=queue)
    page = await _while_there(request, lambda: _page(answer, body.limit, queue))
    return Response(page.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


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


def _queue(request: Request) -> anyio.CapacityLimiter:
    # Made at the first query, because a limiter belongs to the event loop that runs the application.
    queue: anyio.CapacityLimiter | None = getattr(request.app.state, "queries", None)
    if queue is None:
        queue = request.app.state.queries = anyio.CapacityLimiter(MAX_QUERIES)
    return queue


async def _arrow(pieces: Pieces, queue: anyio.CapacityLimiter) -> Response:
    # The first piece is made before the answer begins: most errors can still become a problem document.
    try:
        first = await run_sync(pieces.next, limiter=queue, abandon_on_cancel=True)
    except anyio.get_cancelled_exc_class():
        pieces.cancel()
        raise
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_streamed(pieces, first, queue), media_type=MEDIA_TYPE, headers=headers)


async def _streamed(pieces: Pieces, first: bytes | None, queue: anyio.CapacityLimiter) -> AsyncIterator[bytes]:
    try:
        piece = first
        while piece is not None:
            yield piece
            piece = await run_sync(pieces.next, limiter=queue, abandon_on_cancel=True)
    finally:
        pieces.cancel()
