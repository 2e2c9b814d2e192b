"""The workbench that a verb works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench


@contextmanager
def opened(root: Path | None = None) -> Iterator[Workbench]:
    """The workbench in `root`, else the one found from MESH_WORKBENCH or the working directory; closed at the end.

    Raises NotFound `workbench.not-found`.
    """
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(root)
    try:
        yield bench
    finally:
        bench.close()
