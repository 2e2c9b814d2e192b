"""The application: resources under one prefix, problem documents for errors, limits on what comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request

from mesh_workbench.api import RESOURCES, openapi, problem
from mesh_workbench.api.guard import Guard
from mesh_workbench.api.idempotency import Replays
from mesh_workbench.api.prefix import PREFIX

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench

MAX_BODY = 20 * 2**20
"""Bytes that a request's body may have."""


def create_app(bench_for: Callable[[Request], Workbench], *, max_body: int = MAX_BODY) -> FastAPI:
    """The HTTP API as an ASGI application, for any host that knows who is asking.

    `bench_for(request)` gives the workbench bound to the identity of the request. It is called in a thread, once a
    request, and may raise errors of `errors.py`: they become problem documents. The host authenticates; the
    application trusts what `bench_for` says.
    """
    from importlib.metadata import version

    app = FastAPI(
        title="mesh workbench",
        summary="Data products: browse, promote, run, read.",
        version=version("mesh-workbench"),
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.bench_for = bench_for
    app.state.replays = Replays()
    app.state.ending = False
    for resource in RESOURCES:
        app.include_router(resource.router, prefix=PREFIX, responses=openapi.ERRORS)
    problem.install(app)
    openapi.install(app)
    app.add_middleware(Guard, max_body=max_body)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.ending = True  # live streams look at it, and end
