"""`mesh runs --watch`: every change of what waits and goes on, until it is over."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook
from tests.cli.conftest import Mesh

CELL = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('{0}', pl.DataFrame({{'n': [1]}}))"


def test_runs_are_watched_from_the_queue_to_their_end(mesh: Mesh, bench_folder: Path) -> None:
    assert mesh("domain", "add", "sales").code == 0
    slow = "import time\ntime.sleep(0.5)\n"  # longer than the time between two looks
    for name, cell in (("good", slow + CELL.format("good")), ("bad", "1 / 0\n" + CELL.format("bad"))):
        Path(f"{name}.ipynb").write_text(notebook(cell), encoding="utf-8")
        assert mesh("promote", f"{name}.ipynb", "--to", f"sales.{name}", "--yes").code == 0
        assert mesh("run", f"sales.{name}").code == 0
    worker = threading.Thread(
        target=run_worker, args=(bench_folder,), kwargs={"stop": threading.Event(), "until_idle": True}
    )
    worker.start()
    told = [json.loads(line) for line in mesh("runs", "--watch", "--json").out.splitlines()]
    worker.join()
    states = {name: [one["state"] for one in told if one["product"] == f"sales.{name}"] for name in ("good", "bad")}
    assert states["good"][-1] == "succeeded"
    assert states["bad"][-1] == "failed"
    assert {one["progress"]["cell"] for one in told if one["state"] == "running"} >= {1}

    assert mesh("runs", "--watch").out == "Nothing is waiting or going on.\n"
    ended = mesh("runs", told[-1]["id"], "--watch").out
    assert any(word in ended for word in ("sales.good: succeeded in", "ZeroDivisionError"))
