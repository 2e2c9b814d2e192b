"""A child process with a group of its own, whose lines are read as they come."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path

from mesh_workbench.settings import ROOT_VARIABLE

GRACE_S = 5.0
"""Seconds that a child has between SIGTERM and SIGKILL."""
_LINE_LIMIT = 2**20


class Child:
    """A running command. It dies with the server when its command is tethered to standard input."""

    def __init__(self, process: Process, on_line: Callable[[str], None]) -> None:
        self._process = process
        self._lines = asyncio.ensure_future(self._read(on_line))

    @classmethod
    async def spawn(
        cls, command: list[str], *, folder: Path, root: Path | None, on_line: Callable[[str], None]
    ) -> Child:
        """Start `command` in `folder`. Raises OSError when that cannot be done."""
        environment = dict(os.environ, PYTHONUNBUFFERED="1")
        if root is not None:
            environment[ROOT_VARIABLE] = str(root)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
            limit=_LINE_LIMIT,
        )
        return cls(process, on_line)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        """The exit code, when it has ended and all its lines are read; negative for a signal."""
        code = await self._process.wait()
        with contextlib.suppress(TimeoutError):  # a grandchild may hold the pipe for longer
            await asyncio.wait_for(asyncio.shield(self._lines), 1)
        return code

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM to its group, then SIGKILL."""
        for kind, patience in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0)):
            if self._process.returncode is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, kind)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), patience)
        self._lines.cancel()

    async def _read(self, on_line: Callable[[str], None]) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # longer than a line may be: what was read of it is dropped
                continue
            if not line:
                return
            on_line(line.decode("utf-8", "replace").rstrip())
