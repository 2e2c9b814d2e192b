"""A fresh kernel for one run: over IPC, in a process group of its own, gone afterwards with all its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import IO, Any

GENTLE_STOP_S = 2.0
"""Seconds that a kernel has, after its last cell, for what the notebook registered to happen at exit."""
_LONGEST_FOLDER = 60
"""A Unix socket's path may have some 100 characters, so a long temporary folder cannot hold it."""


class NoKernel(Exception):
    """The kernel could not be started: `missing` when there is no such kernel at all."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class Kernel:
    """`await start()`, then use `manager` and `client`; always `await stop()`."""

    def __init__(self, name: str) -> None:
        from jupyter_client.manager import AsyncKernelManager

        short = tempfile.gettempdir() if len(tempfile.gettempdir()) < _LONGEST_FOLDER else "/tmp"  # noqa: S108
        self._folder = Path(tempfile.mkdtemp(prefix="mesh-", dir=short))
        self.manager: Any = AsyncKernelManager(
            kernel_name=name, transport="ipc", connection_file=str(self._folder / "kernel.json")
        )
        self.client: Any = None
        self._group: int | None = None
        self._process: Any = None

    async def start(self, *, cwd: Path, env: dict[str, str], log: IO[str] | None, timeout_s: float) -> None:
        """Start it and wait for its first answer. Raises NoKernel."""
        from jupyter_client.kernelspec import NoSuchKernel

        # No history file: it costs time, and runs would share it with people. No profile of a person either: a run
        # must not depend on the start-up files of whoever owns the worker.
        quiet = ["--HistoryManager.hist_file=:memory:"]
        own = {**env, "IPYTHONDIR": str(self._folder / "ipython")}
        try:
            await self.manager.start_kernel(cwd=str(cwd), env=own, extra_arguments=quiet, stdout=log, stderr=log)
        except NoSuchKernel as error:
            raise NoKernel(str(error), missing=True) from error
        except (OSError, ValueError) as error:
            raise NoKernel(f"its program cannot be started ({error})") from error
        self._process = self.manager.provisioner.process
        self._group = self.manager.provisioner.pgid
        self.client = self.manager.client()
        self.client.start_channels(stdin=False, hb=False)
        self.client.allow_stdin = False
        try:
            async with asyncio.timeout(timeout_s):
                await self._answer()
        except TimeoutError as error:
            raise NoKernel(f"it did not answer within {timeout_s:g} s") from error

    async def _answer(self) -> None:
        """Wait until it answers, and until what it publishes reaches us.

        The library's own wait always spends 0.2 s on emptying a channel that nbclient filters anyway.
        """
        asked = self.client.kernel_info()
        while not await self._reply_to(asked, self.client.shell_channel, 0.5):
            if self.exit_code is not None:
                raise NoKernel(f"it ended at once with status {self.exit_code}")
        while not await self._reply_to(asked, self.client.iopub_channel, 0.05):
            asked = self.client.kernel_info()

    async def _reply_to(self, asked: str, channel: Any, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = await channel.get_msg(timeout=left)
            except Empty:
                return False
            if message["parent_header"].get("msg_id") == asked:
                return True
        return False

    @property
    def exit_code(self) -> int | None:
        """Status of the process when it has ended; a negative one is a signal's number."""
        status: int | None = self._process.poll() if self._process is not None else None
        return status

    async def interrupt(self) -> None:
        """As the stop button: KeyboardInterrupt in the running cell and what it started."""
        with contextlib.suppress(RuntimeError, ProcessLookupError):
            await self.manager.interrupt_kernel()

    async def stop(self, *, gently: bool) -> None:
        """End it. `gently` asks it to leave, so that what the notebook registered for its exit happens, and returns
        at once; what is left after GENTLE_STOP_S is killed, as the whole process group is in the other case."""
        ask = gently and self.client is not None and self.exit_code is None
        if ask:
            await self.manager._async_request_shutdown()
        else:
            self._kill()
        if self.client is not None:
            self.client.stop_channels()
        self.manager.context.destroy(linger=100)
        if ask:
            Thread(target=self._see_off, name="mesh-kernel-exit").start()
        else:
            self._see_off()

    def _see_off(self) -> None:
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GENTLE_STOP_S)
            self._kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kill(self) -> None:
        if self._group is not None and self._group != os.getpgrp():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
