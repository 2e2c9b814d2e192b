"""nbclient for a run: tells the log what the kernel prints, and keeps endless output out of the notebook."""

from __future__ import annotations

import ast
import asyncio
import json
from importlib import resources
from queue import Empty
from typing import IO, Any

from nbclient import NotebookClient

from mesh_workbench.executors.failures import plain

MAX_PRINTED = 1_000_000
"""Characters that one cell may print into the executed notebook; the log has all."""
AUTOPSY_TIMEOUT_S = 5.0
_CUT = f"\n… (more than {MAX_PRINTED:,} characters; the log of the run has the rest)\n"


class RunClient(NotebookClient):  # type: ignore[misc,unused-ignore]
    """Executes cells one by one in a kernel that somebody else starts and stops."""

    def __init__(self, notebook: Any, *, manager: Any, client: Any, log: IO[str] | None) -> None:
        super().__init__(notebook, km=manager, timeout=None, iopub_timeout=60, record_timing=False)
        self.kc = client
        self.asked_to_leave = False
        """True when the notebook called exit() or quit()."""
        self._run_log = log
        self._printed: dict[int, int] = {}
        self.on_cell_executed = self._executed

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Each message of the kernel, on its way into the notebook."""
        if msg["msg_type"] == "stream":
            text = msg["content"]["text"]
            if self._run_log is not None:
                self._run_log.write(plain(text))
                self._run_log.flush()
            before = self._printed.get(cell_index, 0)
            self._printed[cell_index] = before + len(text)
            if before > MAX_PRINTED:
                return None
            if before + len(text) > MAX_PRINTED:
                msg["content"]["text"] = text[: MAX_PRINTED - before] + _CUT
        return super().process_message(msg, cell, cell_index)

    def _executed(self, execute_reply: Any, **_: Any) -> None:
        payload = execute_reply["content"].get("payload") or []
        self.asked_to_leave = any(item.get("source") == "ask_exit" for item in payload)

    async def autopsy(self) -> dict[str, Any]:
        """What autopsy.describe says in the kernel; empty when it does not answer."""
        source = resources.files("mesh_workbench.executors").joinpath("autopsy.py").read_text(encoding="utf-8")
        expression = f"(lambda scope: exec({source!r}, scope) or scope['describe']())({{}})"
        client: Any = self.kc
        asked = client.execute("", silent=True, store_history=False, user_expressions={"mesh": expression})
        try:
            async with asyncio.timeout(AUTOPSY_TIMEOUT_S):
                while True:
                    reply = await client.shell_channel.get_msg(timeout=AUTOPSY_TIMEOUT_S)
                    if reply["parent_header"].get("msg_id") == asked:
                        break
            text = reply["content"]["user_expressions"]["mesh"]["data"]["text/plain"]
            found = json.loads(ast.literal_eval(text))
        except (TimeoutError, Empty, KeyError, ValueError, SyntaxError):
            return {}
        return found if isinstance(found, dict) else {}
