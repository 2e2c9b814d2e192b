"""How long the demo takes, from the first to the last line."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure

TARGET_S = 60.0


def figures(folder: Path) -> Iterator[Figure]:
    """Builds the demo in `folder`, where the other figures find it."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "mesh_workbench", "demo", str(folder), "--json"], check=True, stdout=-3)
    taken = time.perf_counter() - began
    yield Figure("`mesh demo`, after installation", f"under {TARGET_S:.0f} s", f"{taken:.0f} s", taken < TARGET_S)
