"""Reading with SQL: rows for display as JSON, or all of them as an Arrow stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request, Response
from starlette.responses import StreamingResponse

from mesh_workbench.api.access import Bench
from mesh_workbench.api.arrow import MEDIA_TYPE, Pieces
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.query import QueryRequest, RowsPage

router = APIRouter(tags=["query"])

MAX_JSON_ROWS = 10_000
MAX_QUERIES = 4
"""Queries that one server works on at the same time; more of them wait, so that every other route stays quick."""


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
    page = await run_sync(bench.query.rows, body, limiter=queue, abandon_on_cancel=True)
    return Response(page.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


def _queue(request: Request) -> anyio.CapacityLimiter:
    # Made at the first query, because a limiter belongs to the event loop that runs the application.
    queue: anyio.CapacityLimiter | None = getattr(request.app.state, "queries", None)
    if queue is None:
        queue = request.app.state.queries = anyio.CapacityLimiter(MAX_QUERIES)
    return queue


async def _arrow(pieces: Pieces, queue: anyio.CapacityLimiter) -> Response:
    # The first piece is made before the answer begins: most errors can still become a problem document.
    begun = False
    try:
        first = await run_sync(pieces.next, limiter=queue)
        begun = True
    finally:
        if not begun:
            pieces.close()
    return StreamingResponse(
        _streamed(pieces, first, queue), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )


async def _streamed(pieces: Pieces, first: bytes | None, queue: anyio.CapacityLimiter) -> AsyncIterator[bytes]:
    try:
        piece = first
        while piece is not None:
            yield piece
            piece = await run_sync(pieces.next, limiter=queue)
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(pieces.close)
