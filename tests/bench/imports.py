"""How long `import mesh_workbench` takes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.figure import Figure, median

ROUNDS = 9


def figures() -> Iterator[Figure]:
    nothing, package, cli = [], [], []
    for _ in range(ROUNDS):  # alternating, so that a busy moment of the machine hits all of them
        nothing.append(_seconds("pass"))
        package.append(_seconds("import mesh_workbench"))
        cli.append(_seconds("import mesh_workbench.cli"))
    for what, values, target in (("mesh_workbench", package, 0.15), ("mesh_workbench.cli", cli, 0.3)):
        taken = max(0.0, median(values) - median(nothing))
        yield Figure(f"`import {what}`", f"under {target} s", f"{taken:.3f} s", taken < target)


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
