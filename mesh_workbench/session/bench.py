"""The workbench of a person's kernel, opened once a process."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench


def workbench() -> Workbench:
    """The workbench of MESH_WORKBENCH, else of the working directory or above it.

    Raises NotFound `workbench.not-found`, Unavailable `registry.unreachable`.
    """
    from mesh_workbench.settings import find_root  # a kernel inside a run never needs settings

    return _open(find_root())


@functools.lru_cache(maxsize=4)
def _open(root: Path) -> Workbench:
    from mesh_workbench.workbench import open_workbench

    return open_workbench(root)
