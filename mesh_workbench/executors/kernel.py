"""A fresh kernel for one run: over IPC, in a process group of its own, gone afterwards with all its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
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

        # No history file: it costs time, and runs would share it with people.
        quiet = ["--HistoryManager.hist_file=:memory:"]
        try:
            await self.manager.start_kernel(cwd=str(cwd), env=env, extra_arguments=quiet, stdout=log, stderr=log)
        except NoSuchKernel as error:
            raise NoKernel(str(error), missing=True) from error
        except (OSError, ValueError) as error:
            raise NoKernel(f"its program cannot be started ({error})") from error
        self._process = self.manager.provisioner.process
        self._group = self.manager.provisioner.pgid
        self.client = self.manager.client()
        self.client.start_channels(stdin=False)
        try:
            await self.client.wait_for_ready(timeout=timeout_s)
        except RuntimeError as error:
            code = self.exit_code
            raise NoKernel(
                f"it did not answer within {timeout_s:g} s" if code is None else f"it ended at once with status {code}"
            ) from error
        self.client.allow_stdin = False

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
        """End it: `gently` lets it run what is registered for exit; then the whole process group is killed."""
        try:
            if gently and self.client is not None and self.exit_code is None:
                await self._ask_to_leave()
        finally:
            self._kill_group()
            if self.client is not None:
                self.client.stop_channels()
            if self._process is not None:
                await self.manager.shutdown_kernel(now=True)
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _ask_to_leave(self) -> None:
        await self.manager._async_request_shutdown()
        for _ in range(int(GENTLE_STOP_S / 0.02)):
            if self.exit_code is not None:
                return
            await asyncio.sleep(0.02)

    def _kill_group(self) -> None:
        if self._group is not None and self._group != os.getpgrp():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
