"""Live events: one stream for a browser page, with as many runs as it shows.

Server-sent events. `run` carries a Run as JSON each time it changes; `problem` a problem document when the state
cannot be read for the moment; a comment every ten seconds keeps proxies from closing the stream.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from mesh_workbench.api.access import Bench
from mesh_workbench.api.documents import media
from mesh_workbench.errors import MeshError
from mesh_workbench.model.run import Run
from mesh_workbench.workbench.protocol import Workbench

router = APIRouter(tags=["runs"])

MAX_RUNS = 20
HEARTBEAT_S = 10.0
POLL_S = 0.25
REST_S = 2.0
"""Seconds between two looks when every run is final: one that is retried wakes up again."""


@router.get(
    "/events",
    operation_id="watchRuns",
    summary="Live changes of runs, as server-sent events, until the client leaves",
    response_class=StreamingResponse,
    responses=media("Events `run` and `problem`, and comments.", "text/event-stream"),
)
def watch_runs(
    bench: Bench,
    request: Request,
    run: Annotated[
        list[Annotated[str, Query(min_length=1, max_length=64)]],
        Query(min_length=1, max_length=MAX_RUNS, description="Runs to watch.", examples=[["run_01k9…"]]),
    ],
) -> StreamingResponse:
    wanted = list(dict.fromkeys(run))
    first = [bench.runs.get(run_id) for run_id in wanted]  # an unknown run is a 404, not a silent stream
    return StreamingResponse(
        stream(bench, first, lambda: bool(request.app.state.ending)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(bench: Workbench, first: list[Run], ending: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Events for `first` and whatever becomes of them; it ends by being closed, or when the host is `ending`."""
    known = {run.id: run for run in first}
    yield b"retry: 2000\n\n"
    for run in first:
        yield event("run", run.model_dump_json(), f"{run.id}:{run.revision}")
    spoken = time.monotonic()
    while not ending():
        resting = all(run.state.final for run in known.values())
        await anyio.sleep(REST_S if resting else POLL_S)
        try:
            now = await run_sync(partial(_read, bench, list(known)), abandon_on_cancel=True)
        except MeshError as error:
            yield event("problem", json.dumps(error.problem()))
            spoken = time.monotonic()
            await anyio.sleep(REST_S)
            continue
        for run in now:
            if run != known[run.id]:
                known[run.id] = run
                yield event("run", run.model_dump_json(), f"{run.id}:{run.revision}")
                spoken = time.monotonic()
        if time.monotonic() - spoken >= HEARTBEAT_S:
            yield b": alive\n\n"
            spoken = time.monotonic()


def event(name: str, data: str, event_id: str = "") -> bytes:
    """One server-sent event. `data` is JSON on one line."""
    identified = f"id: {event_id}\n" if event_id else ""
    return f"event: {name}\n{identified}data: {data}\n\n".encode()


def _read(bench: Workbench, ids: list[str]) -> list[Run]:
    return [bench.runs.get(run_id) for run_id in ids]
