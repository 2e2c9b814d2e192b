"""nbclient for a run: tells the log what the kernel prints, and keeps endless output out of the notebook."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from mesh_workbench.executors.kernel import Kernel
from mesh_workbench.executors.log import RunLog

MAX_PRINTED = 1_000_000
"""Characters that one cell may print into the executed notebook; the log has more."""
MAX_SHOWN = 50_000_000
"""Characters that all other outputs of the notebook may have together: pictures, tables, widgets."""
ANSWER_TIMEOUT_S = 5.0
IDLE_TIMEOUT_S = 10.0
"""Seconds after the end of a cell that its last outputs may take to arrive."""
_CONCEAL = "__import__('mesh_workbench.secrets.concealment', fromlist=['_']).conceal_ahead"
_SHOWING = frozenset({"display_data", "execute_result", "update_display_data"})
_CUT = f"\n… (more than {MAX_PRINTED:,} characters; the log of the run has the rest)\n"
_TOO_LARGE = f"(not kept: the outputs of this run have more than {MAX_SHOWN:,} characters together)"


class RunClient(NotebookClient):  # type: ignore[misc,unused-ignore]
    """Executes cells one by one in a kernel that somebody else starts and stops."""

    def __init__(self, notebook: Any, kernel: Kernel, log: RunLog) -> None:
        super().__init__(notebook, timeout=None, iopub_timeout=IDLE_TIMEOUT_S, record_timing=False)
        self.kc = kernel.client
        self.asked_to_leave = False
        """True when the notebook called exit() or quit()."""
        self._kernel, self._run_log = kernel, log
        self._printed: dict[int, int] = {}
        self._shown = 0
        self.on_cell_executed = self._executed

    async def _async_check_alive(self) -> None:
        if self._kernel.exit_code is not None:
            raise DeadKernelError("Kernel died")

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Each message of the kernel, on its way into the notebook."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "stream":
            self._run_log.printed(content["text"])
            before = self._printed.get(cell_index, 0)
            self._printed[cell_index] = before + len(content["text"])
            if before > MAX_PRINTED:
                return None
            if before + len(content["text"]) > MAX_PRINTED:
                content["text"] = content["text"][: MAX_PRINTED - before] + _CUT
        elif kind in _SHOWING:
            self._shown += sum(len(value) for value in content["data"].values() if isinstance(value, str))
            if self._shown > MAX_SHOWN:
                content["data"] = {"text/plain": _TOO_LARGE}
        return super().process_message(msg, cell, cell_index)

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """An output of a cell; what is printed in pieces is kept in one."""
        if msg["msg_type"] == "stream" and outs and not self.clear_before_next_output:
            last, content = outs[-1], msg["content"]
            hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
            if not hooked and last["output_type"] == "stream" and last["name"] == content["name"]:
                last["text"] += content["text"]
                return last
        return super().output(outs, msg, display_id, cell_index)

    def _executed(self, execute_reply: Any, **_: Any) -> None:
        payload = execute_reply["content"].get("payload") or []
        self.asked_to_leave = any(item.get("source") == "ask_exit" for item in payload)

    async def conceal(self, references: Sequence[str]) -> None:
        """Let the kernel mask these secrets from its first cell on, if it has this package."""
        if references:
            await self._asked(f"{_CONCEAL}({list(references)!r})")

    async def watch(self, file: Path) -> None:
        """Let the kernel note in `file` what its notebook opens and misses; see inside/witness.py."""
        await self._asked(_inside("witness.py", f"watch({str(file)!r})"))

    async def autopsy(self) -> dict[str, Any]:
        """What autopsy.describe says in the kernel; empty when it does not answer."""
        try:
            found = json.loads(ast.literal_eval(await self._asked(_inside("autopsy.py", "describe()"))))
        except (ValueError, SyntaxError):
            return {}
        return found if isinstance(found, dict) else {}

    async def _asked(self, expression: str) -> str:
        """What an expression gives in the kernel, as Python shows it; empty when it does not answer."""
        client: Any = self.kc
        asked = client.execute("", silent=True, store_history=False, user_expressions={"mesh": expression})
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                while True:
                    reply = await client.shell_channel.get_msg(timeout=ANSWER_TIMEOUT_S)
                    if reply["parent_header"].get("msg_id") == asked:
                        return str(reply["content"]["user_expressions"]["mesh"]["data"]["text/plain"])
        except (TimeoutError, Empty, KeyError):
            return ""


def _inside(file: str, call: str) -> str:
    """An expression that executes a file of the folder `inside` and then calls a function of it."""
    source = resources.files("mesh_workbench.executors.inside").joinpath(file).read_text(encoding="utf-8")
    return f"(lambda scope: exec({source!r}, scope) or eval({call!r}, scope))({{'__name__': 'mesh'}})"
