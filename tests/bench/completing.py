"""How quickly names and columns are completed among 1,000 products."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, percentile

ROUNDS = 60
TARGET_MS = 50.0


def figures(folder: Path) -> Iterator[Figure]:
    taken = _complete(folder)
    slow = percentile(taken, 0.95)
    yield Figure(
        "Completion in a cell among 1,000 products, 95th percentile",
        f"within {TARGET_MS:.0f} ms",
        f"{slow:.1f} ms",
        slow < TARGET_MS,
    )


def _complete(folder: Path) -> list[float]:
    from mesh_workbench.model.completion import CompletionRequest
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(folder)
    name = bench.products.list(limit=1).items[0].full_name
    cells = [
        "%%mesh\nSELECT * FROM fl",
        f"%%mesh\nSELECT * FROM {name.partition('.')[0]}.",
        f"%%mesh\nWITH a AS (SELECT * FROM {name}) SELECT avg(1), ca",
        f"mesh.read('{name[:-1]}",
    ]
    requests = [CompletionRequest(text=cell, cursor=len(cell)) for cell in cells]
    for request in requests:
        bench.completions.complete(request)
    taken = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        bench.completions.complete(requests[number % len(requests)])
        taken.append((time.perf_counter() - began) * 1000)
    bench.close()
    return taken
