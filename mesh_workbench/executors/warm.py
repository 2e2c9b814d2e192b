"""A process that has done its imports, as the worker sees it, and the kernels that come out of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mesh_workbench.executors.connection import Connection
from mesh_workbench.executors.cpus import share
from mesh_workbench.executors.fresh import IPYTHON_ARGUMENTS, FreshKernel, ipython_folder
from mesh_workbench.executors.inside.forks import MARK
from mesh_workbench.executors.inside.imports import THREADLESS, changed
from mesh_workbench.executors.inside.talk import GENTLY, NEXT, RETIRE, say, send_order
from mesh_workbench.executors.kernel import Kernel, Wanted
from mesh_workbench.executors.kernelspec import Kernelspec
from mesh_workbench.executors.process import Process

FORK_TIMEOUT_S = 20.0
END_TIMEOUT_S = 5.0
_PROGRAM = Path(__file__).parent / "inside" / "incubator.py"


class NotWarm(Exception):
    """No kernel came out of it: `module` is at fault when it has a name."""

    def __init__(self, reason: str, module: str = "") -> None:
        super().__init__(f"{module}: {reason}" if module else reason)
        self.module = module


class Incubator:
    """Start it, `wait` for its imports, then `hatch` kernels: one after which it is used up, or with `forks` any
    number. Always `close` it; what it forked ends with it, except when it was retired before and left alone."""

    def __init__(
        self, spec: Kernelspec, shared: Mapping[str, str], imports: Sequence[str], *, forks: bool, gently: bool
    ) -> None:
        """Raises OSError."""
        self.forks = forks
        self.imports = tuple(imports)
        self._spec = spec
        self._names: frozenset[str] = frozenset()
        self._changed: dict[str, int] = {}
        self._lock = threading.Lock()
        self._has_forked = False
        self._printed = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = Process(
                [spec.interpreter, *spec.options, str(_PROGRAM), str(theirs.fileno())],
                env={**spec.environment(shared), **THREADLESS},
                log=self._printed,
                cwd=Path("/"),
                pass_fds=[theirs.fileno()],
                tethered=not forks,
            )
        say(self._control, imports=list(imports), fork=forks, gently=gently)

    def wait(self, timeout_s: float) -> None:
        """Until its imports are done. Raises NotWarm."""
        self._control.settimeout(timeout_s)
        deadline = time.monotonic() + timeout_s
        importing = ""
        try:
            with self._control.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    told = json.loads(line)
                    if told.get("ready"):
                        self._names = frozenset(told["names"])
                        self._changed = told["changed"]
                        return
                    if "unsuitable" in told:
                        raise NotWarm(told["reason"], told["unsuitable"])
                    importing = told["importing"]
                    self._control.settimeout(max(0.001, deadline - time.monotonic()))
        except TimeoutError as error:
            raise NotWarm(f"importing took more than {timeout_s:g} s", importing) from error
        except (OSError, ValueError) as error:
            raise NotWarm(str(error), importing) from error
        raise NotWarm(self._last_words() or "it ended", importing)

    @property
    def current(self) -> bool:
        """Whether the environment on disk is still the one that it has imported from."""
        return self._process.exit_code is None and all(changed(path) == then for path, then in self._changed.items())

    def hides_from(self, folder: Path) -> bool:
        """Whether a kernel in `folder` would import a module of that folder which here is another one already."""
        try:
            with os.scandir(folder) as entries:
                here = {entry.name.partition(".")[0] for entry in entries if _is_module(entry)}
        except OSError:
            return True
        return not here.isdisjoint(self._names)

    @property
    def memory(self) -> int:
        """Bytes of memory that it occupies; 0 where that cannot be known."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return 0
        return pages * resource.getpagesize()

    async def hatch(self, wanted: Wanted, connection: Connection) -> Kernel:
        """A kernel, which does not answer yet. Raises NotWarm."""
        order = {
            "options": self._spec.options,
            "arguments": self._arguments(connection.file),
            "folder": str(wanted.folder),
            "environment": {**self._spec.environment(wanted.variables), **ipython_folder(connection)},
            "cpus": share(wanted.cpus),
        }
        log = connection.printed.file.fileno()
        try:
            if self.forks:
                return await self._fork(order, log, connection)
            send_order(self._control, order, log)
        except OSError as error:
            raise NotWarm(self._last_words() or str(error)) from error
        self._control.close()
        self._printed.close()
        self._process.belong_to(wanted.own.get(MARK, ""))
        return FreshKernel(self._process, connection)

    def _arguments(self, connection_file: str) -> list[str]:
        words = [word.replace("{connection_file}", connection_file) for word in self._spec.arguments]
        return [*words, *IPYTHON_ARGUMENTS]

    async def _fork(self, order: dict[str, Any], log: int, connection: Connection) -> Kernel:
        ours, theirs = socket.socketpair()
        self._has_forked = True
        with theirs, self._lock:
            socket.send_fds(self._control, [NEXT], [theirs.fileno()])
        try:
            send_order(ours, order, log)
            ours.setblocking(False)
            text = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(ours, 4096), FORK_TIMEOUT_S)
            told = json.loads(text.partition(b"\n")[0])
        except (OSError, ValueError) as error:
            ours.close()
            raise NotWarm(str(error)) from error
        if "pid" not in told:
            ours.close()
            raise NotWarm(f"it has {told['threads']} threads")
        return ForkedKernel(connection, told["pid"], ours)

    def _last_words(self) -> str:
        self._printed.seek(0)
        return self._printed.read()[-1000:].strip()

    def retire(self) -> None:
        """Hatch no more, and end when the last kernel has ended."""
        with contextlib.suppress(OSError):
            if self.forks:
                self._control.sendall(RETIRE)
            else:
                self._control.close()

    @property
    def ended(self) -> bool:
        """Whether its process has."""
        return self._process.exit_code is not None

    def break_off(self) -> None:
        """Let `wait` fail at once; from another thread."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it now, and what it forked."""
        self._control.close()
        self._process.end(patience_s=END_TIMEOUT_S if self._has_forked else 0.0)
        self._printed.close()


class ForkedKernel(Kernel):
    """A kernel whose parent is the incubator, which tells us about its end, and sees to it when we hang up."""

    def __init__(self, connection: Connection, pid: int, run: socket.socket) -> None:
        super().__init__(connection, pid)
        self._run = run
        self._status: int | None = None

    @property
    def exit_code(self) -> int | None:
        if self._status is None:
            with contextlib.suppress(BlockingIOError):
                self._status = self._told(self._run.recv(4096))
        return self._status

    def _told(self, text: bytes) -> int:
        try:
            return int(json.loads(text.partition(b"\n")[0])["status"])
        except ValueError:  # the incubator is gone, and took it along
            return -signal.SIGKILL

    def _see_off(self, *, gently: bool) -> None:
        with contextlib.suppress(OSError):
            if gently:
                self._run.sendall(GENTLY)
            else:
                self._run.shutdown(socket.SHUT_WR)
                self._run.settimeout(END_TIMEOUT_S)
                while self._run.recv(4096):  # until the incubator says that nothing is left, by closing its end
                    pass
        self._run.close()


def _is_module(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith((".py", ".so")) or (entry.is_dir() and Path(entry.path, "__init__.py").exists())
