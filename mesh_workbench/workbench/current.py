"""The workbench of this process, opened once and shared by everything in it."""

from __future__ import annotations

import atexit
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.settings import find_root

if TYPE_CHECKING:
    from mesh_workbench.workbench.local import LocalWorkbench


def current_workbench() -> LocalWorkbench:
    """The workbench of MESH_WORKBENCH, else of the working directory or above it; closed when the process ends.

    Raises NotFound `workbench.not-found`, Unavailable `registry.unreachable`.
    """
    return _open(find_root())


@functools.lru_cache(maxsize=4)
def _open(root: Path) -> LocalWorkbench:
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(root)
    atexit.register(bench.close)
    return bench
