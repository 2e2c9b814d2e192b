"""A real IPython with the magics, on a small workbench."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.magics import register
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.current import _open
from tests.query.conftest import SmallMesh, fill


def magics_root(folder: Path) -> Path:
    """A workbench with flights, planes, hostile names and values, and a longer table."""
    root = folder / "bench"
    bench = create_workbench(root)
    mesh = fill(SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get()))
    mesh.publish("fleet.hostile", pa.table({"<b>x</b>": ["<script>alert(1)</script>", "\x1b[31mred", None]}))
    mesh.publish("fleet.many", pa.table({"n": list(range(1234))}))
    bench.close()
    return root


def magics_shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("MESH_WORKBENCH", str(root))
    # IPython puts a module of its own in the place of `__main__`; tests that start processes later need the real one.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell.instance()
    shell.reset()
    register(shell)
    yield shell
    _open.cache_clear()
    InteractiveShell.clear_instance()


def run_cell(shell: InteractiveShell, cell: str) -> object:
    """What the cell gives back. Raises what it raises."""
    done = shell.run_cell(cell)
    done.raise_error()
    return done.result
