"""Preflights of the local workbench: each in a process and a folder of its own, which is all that is kept of it.

<storage>/preflights/<id>/request.json    what was asked, by whom
<storage>/preflights/<id>/lock            held by the process as long as it lives
<storage>/preflights/<id>/value.json      the preflight as it is now
<storage>/preflights/<id>/cancel          somebody wants it to end
and what the folder of a run has (model.runfolder); staged data goes when it was looked at.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from mesh_workbench.errors import Forbidden, NotFound
from mesh_workbench.executors.process import Process
from mesh_workbench.lifecycle.preflight import values_of
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.preflight import Preflight, PreflightRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.settings import ROOT_VARIABLE
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.folders import inside
from mesh_workbench.workbench.identity import system_identity

FOLDER, REQUEST_FILE, LOCK_FILE, VALUE_FILE, CANCEL_FILE = (
    "preflights", "request.json", "lock", "value.json", "cancel",
)  # fmt: skip
KEPT_S = 86_400.0
"""Seconds after which nobody looks at one any more."""
LONGEST_S = 6 * 3600.0
"""Seconds that one may take in any case."""
_MODULE = "mesh_workbench.workbench.preflight_process"


class LocalPreflights:
    """Implements `protocol.Preflights` with processes on this machine."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._place = context.storage.runs.with_name(FOLDER)

    def start(self, request: PreflightRequest) -> Preflight:
        """Begin one in a process of its own.

        Raises Forbidden `access.denied`, and `preflight.not-yours` for anybody but the person as whom this process
        runs: code is executed only for whom it belongs to. InvalidInput `notebook.*` and `parameter.*`.
        """
        context = self._context
        domain = ProductName.parse(request.to).domain if request.to else ""
        if domain and context.registry.domains.get(domain) is not None:
            context.demand(Action.PROMOTE, domain=domain)
        if context.identity != system_identity():
            raise Forbidden(
                "preflight.not-yours",
                f"Notebooks of {context.identity.name} are not executed here, where {system_identity().name} works.",
                hint="Run `mesh preflight NOTEBOOK` in a workbench of your own, or promote and let a worker run it.",
            )
        values_of(analyse(request.notebook), request)
        self._tidy()
        begun = Preflight(id=new_id("pre"), to=request.to, identity=context.identity.name, state="running", begun=now())
        folder = self._place / begun.id
        with context.storage.faults(folder):
            folder.mkdir(parents=True)
            request = request.model_copy(update={"folder": inside(context.settings.root, request.folder)})
            (folder / REQUEST_FILE).write_text(request.model_dump_json(), encoding="utf-8")
            write_value(folder, begun)
            self._spawn(folder)
        return begun

    def get(self, preflight_id: str) -> Preflight:
        """How it stands. Raises NotFound `preflight.unknown`, Forbidden `access.denied`."""
        folder = self._place / preflight_id
        dead = not _is_locked(folder)  # looked at first: a process writes its last word before it ends
        found = self._read(folder)
        if found.state == "running" and dead:
            return found.model_copy(update={"state": "lost"})
        return found

    def cancel(self, preflight_id: str) -> Preflight:
        """Ask for its end, which comes within seconds. Raises as `get`."""
        found = self.get(preflight_id)
        if found.state == "running":
            (self._place / found.id / CANCEL_FILE).touch()
        return found

    def _read(self, folder: Path) -> Preflight:
        text = ""
        if re.fullmatch(r"pre_[0-9a-z]{26}", folder.name):
            with suppress(FileNotFoundError):
                text = (folder / VALUE_FILE).read_text(encoding="utf-8")
        if not text:
            raise NotFound(
                "preflight.unknown",
                f"There is no preflight {folder.name}.",
                hint="They are kept for a day. Start another.",
            )
        found = Preflight.model_validate_json(text)
        if found.identity != self._context.identity.name:
            raise Forbidden("access.denied", f"The preflight {found.id} is somebody else's.", hint="Start your own.")
        return found

    def _spawn(self, folder: Path) -> None:
        """A process that holds the lock; it ends with this one, and in any case after a while."""
        root = self._context.settings.root
        with (folder / LOCK_FILE).open("w") as lock, (folder / "process.txt").open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = Process(
                [sys.executable, "-m", _MODULE, str(folder)],
                env={**os.environ, ROOT_VARIABLE: str(root)},
                log=log,
                cwd=root,
                pass_fds=[lock.fileno()],
            )
        threading.Thread(
            target=process.end, kwargs={"patience_s": LONGEST_S}, name="mesh-preflight", daemon=True
        ).start()

    def _tidy(self) -> None:
        if self._place.is_dir():
            for folder in self._place.iterdir():
                if time.time() - folder.stat().st_mtime > KEPT_S and not _is_locked(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def write_value(folder: Path, value: Preflight) -> None:
    """Say how it stands, whole at any moment. Raises OSError."""
    part = folder / f".{VALUE_FILE}.part"
    part.write_text(value.model_dump_json(indent=1), encoding="utf-8")
    part.replace(folder / VALUE_FILE)


def ended(value: Preflight) -> Preflight:
    """It, ended now."""
    return value.model_copy(update={"ended": datetime.now(UTC)})


def _is_locked(folder: Path) -> bool:
    try:
        with (folder / LOCK_FILE).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
