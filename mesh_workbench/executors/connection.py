"""The sockets between a run and its kernel: over IPC, in a private folder that goes with them."""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from mesh_workbench.engine.temporary import TemporaryFolder
from mesh_workbench.executors.printed import Printed

_CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
MOST_AT_ONCE = 100_000_000
"""Bytes that one message of a kernel may have. A larger one is lost, as are those behind it until it connects anew."""
_LOOK_MS = 5
"""Milliseconds between two looks whether the kernel has made its sockets. The library's own 100 are half of a start."""
_LONGEST_FOLDER = 60
"""A Unix socket's path may have some 100 characters, so a long temporary folder cannot hold it."""


class Connection:
    """Make it, start a kernel with `file`, `open()` it, use `client`, and always `close()` it. Raises OSError."""

    def __init__(self) -> None:
        short = tempfile.gettempdir() if len(tempfile.gettempdir()) < _LONGEST_FOLDER else "/tmp"  # noqa: S108
        self._temporary = TemporaryFolder("run", short)
        self.folder = self._temporary.path
        self.file = str(self.folder / "kernel.json")
        self._about = {
            "transport": "ipc",
            "ip": str(self.folder / "kernel"),
            "key": secrets.token_hex(32),
            "signature_scheme": "hmac-sha256",
            "kernel_name": "",
            **{f"{channel}_port": number for number, channel in enumerate(_CHANNELS, 1)},
        }
        Path(self.file).write_text(json.dumps(self._about), encoding="utf-8")
        self.printed = Printed(self.folder / "printed.txt")
        """Where the process of the kernel prints."""
        self.client: Any = None

    def open(self) -> None:
        """Connect, whether or not the kernel is there already."""
        import zmq.asyncio
        from jupyter_client.asynchronous.client import AsyncKernelClient

        context = zmq.asyncio.Context()
        context.maxmsgsize = MOST_AT_ONCE
        context.reconnect_ivl = _LOOK_MS
        self.client = AsyncKernelClient(context=context)
        self.client.load_connection_info(self._about)
        self.client.start_channels(stdin=False, hb=False)
        self.client.allow_stdin = False

    async def answered(self, patience_s: float) -> bool:
        """Whether the kernel answers, and what it publishes reaches us, within so many seconds.

        The library's own wait always spends 0.2 s on emptying a channel that nbclient filters anyway.
        """
        asked = self.client.kernel_info()
        if not await self._reply_to(asked, self.client.shell_channel, patience_s):
            return False
        while not await self._reply_to(asked, self.client.iopub_channel, 0.05):
            asked = self.client.kernel_info()
        return True

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

    def ask_to_leave(self) -> None:
        """Tell the kernel to end; it answers nobody any more."""
        self._control("shutdown_request", {"restart": False})

    def ask_to_interrupt(self) -> None:
        """Interrupt by a message, for kernels that want it so."""
        self._control("interrupt_request", {})

    def _control(self, kind: str, content: dict[str, Any]) -> None:
        self.client.control_channel.send(self.client.session.msg(kind, content))

    def close(self) -> None:
        """Let go of everything, and remove the folder."""
        if self.client is not None:
            self.client.stop_channels()
            self.client.context.destroy(linger=100)
        self.printed.close()
        self._temporary.close()
