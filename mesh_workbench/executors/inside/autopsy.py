"""Runs inside the kernel after a cell has failed, to say where and why.

Its source text is sent to the kernel, which may have another Python and need not have this package: standard library
only, nothing imported from here.
"""

from __future__ import annotations

import json
import linecache
import re
import sys
from typing import Any


def describe() -> str:
    """JSON: the frames of the user's own code, and code, hint and status of one of our errors."""
    error: Any = getattr(sys, "last_value", None)
    trace = getattr(sys, "last_traceback", None)
    frames: list[dict[str, Any]] = []
    while trace is not None:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        cell = _cell(code.co_filename)
        if cell is not None or _is_users(code.co_filename):
            text = linecache.getline(code.co_filename, line).strip()[:200]
            where = {"cell": cell, "file": code.co_filename, "line": line}
            frames.append({**where, "function": code.co_name, "text": text})
        trace = trace.tb_next
    ours = type(error).__module__ == "mesh_workbench.errors"
    return json.dumps({"frames": frames, "problem": error.problem() if ours else None}, default=str)


def _cell(filename: str) -> int | None:
    """The execution count of the cell that a frame's file stands for."""
    from IPython import get_ipython

    named = get_ipython().compile.format_code_name(filename)
    match = re.search(r"\d+", named[1]) if named else None
    return int(match.group()) if match else None


def _is_users(filename: str) -> bool:
    inside = (sys.prefix, sys.base_prefix, sys.exec_prefix, "<")
    return not filename.startswith(inside) and "site-packages" not in filename and "/mesh_workbench/" not in filename
