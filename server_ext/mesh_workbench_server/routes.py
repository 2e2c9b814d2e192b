"""Routes beside the API: what only the host of a workbench can do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from pydantic import BaseModel, ValidationError
from tornado.web import authenticated

from mesh_workbench.errors import Conflict, InvalidInput
from mesh_workbench.model.host import InitRequest, InitResult
from mesh_workbench_server.refusal import MeshHandler

if TYPE_CHECKING:
    from mesh_workbench_server.host import Host


class WorkerHandler(MeshHandler):
    """The worker that this server keeps: GET how it is, POST start it."""

    @authenticated
    @authorized
    async def get(self) -> None:
        _answer(self, self.extension.worker.state)

    @authenticated
    @authorized
    async def post(self) -> None:
        self.extension.worker.start()
        _answer(self, self.extension.worker.state, status=202)


class InitHandler(MeshHandler):
    """POST creates a workbench in Jupyter's root folder, or a folder below."""

    @authenticated
    @authorized
    async def post(self) -> None:
        folder = await asyncio.to_thread(_create, self.extension.host, _asked_folder(self))
        if self.extension.start_worker:
            self.extension.worker.start()
        _answer(self, InitResult(folder=str(folder)), status=201)


class DemoHandler(MeshHandler):
    """The demo: POST begins to build it, GET says how far it is."""

    @authenticated
    @authorized
    async def get(self) -> None:
        _answer(self, self.extension.demo.state)

    @authenticated
    @authorized
    async def post(self) -> None:
        folder = _asked_folder(self)
        await asyncio.to_thread(_prepare, self.extension.host, folder)
        _answer(self, await self.extension.demo.start(folder), status=202)


def _answer(handler: MeshHandler, value: BaseModel, *, status: int = 200) -> None:
    handler.set_status(status)
    handler.set_header("Cache-Control", "no-store")
    handler.finish(value.model_dump_json())


def _asked_folder(handler: MeshHandler) -> Path:
    """The folder that the body names, inside Jupyter's root. Raises InvalidInput `request.invalid`."""
    try:
        asked = InitRequest.model_validate_json(handler.request.body or b"{}").folder
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ("body", *first["loc"]))
        raise InvalidInput("request.invalid", f"{where}: {first['msg']}.", where=where) from error
    root = handler.extension.host.root_dir
    if "\0" in asked or not (root / asked).resolve().is_relative_to(root):
        raise InvalidInput(
            "request.invalid", "The folder is not inside JupyterLab's.", where="body.folder", hint=f"It is {root}."
        )
    return (root / asked).resolve()


def _refuse_second(host: Host) -> None:
    existing = host.found()
    if existing is not None:
        raise Conflict(
            "workbench.exists",
            f"There is a workbench already: {existing}.",
            hint="Open JupyterLab elsewhere for another.",
        )


def _is_empty(folder: Path) -> bool:
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(folder)
    try:
        return not bench.domains.list(limit=1).items
    finally:
        bench.close()


def _create(host: Host, folder: Path) -> Path:
    from mesh_workbench.workbench import create_workbench

    _refuse_second(host)
    create_workbench(folder).close()
    host.adopt(folder)
    return folder


def _prepare(host: Host, folder: Path) -> None:
    """The demo goes into a new workbench, or into the present one as long as it is empty."""
    existing = host.found()
    if existing is not None and (existing != folder or not _is_empty(existing)):
        _refuse_second(host)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            "workbench.cannot-create", f"{folder} cannot be made: {error.strerror}.", hint="Choose another folder."
        ) from error
