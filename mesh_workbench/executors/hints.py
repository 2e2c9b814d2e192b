"""What to do about the errors that notebooks make most often when they run without a person."""

from __future__ import annotations

import re

_HINTS = {
    "NameError": "A run starts with an empty kernel and executes the cells from top to bottom: define it before.",
    "FileNotFoundError": "A run works in its notebook's folder if it is inside the workbench, else in one of its own: "
    "read data with mesh.read, or give an absolute path.",
    "MemoryError": "Read fewer columns or rows, or aggregate in SQL before making a frame.",
    "StdinNotImplementedError": "A run has nobody to ask: make it a parameter.",
    "KeyboardInterrupt": "Something interrupted the kernel from outside; run again.",
    "OutOfMemoryException": "Read fewer columns or rows, or aggregate in SQL before making a frame.",
    "SyntaxError": "Correct that line.",
}
_MODULE = re.compile(r"No module named '([^']+)'")
_NEXT = "Open the executed notebook at this cell."


def hint_for(name: str, value: str, kernel: str) -> str:
    """The next step after the exception `name` with text `value` in the kernel named `kernel`."""
    module = _MODULE.search(value) if name in ("ModuleNotFoundError", "ImportError") else None
    if module:
        return f"Install {module[1].split('.')[0]} into the environment of kernel {kernel}, then run again."
    return _HINTS.get(name, _NEXT)


def death_of(exit_code: int | None) -> str:
    """What the status of a kernel's process suggests."""
    if exit_code == -9:
        return (
            "It was killed, most likely because memory ran out: read fewer columns or rows, or aggregate in SQL first."
        )
    if exit_code is not None and exit_code < 0:
        return f"A library crashed (signal {-exit_code}); the log of the run may say where. Run again."
    return "The notebook ended its own process; remove exit() or os._exit()."
