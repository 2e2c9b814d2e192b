"""How long it takes to understand a notebook, and to promote one."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.workbench import create_workbench
from tests.bench.figure import Figure, median
from tests.builders import notebook

UNDERSTANDING_S = 0.3
PROMOTION_S = 0.5
TIMES = 9
CELLS = (
    "flights_{n} = mesh.read('flight_ops.flights').polars()\n"
    "late_{n} = flights_{n}.filter(pl.col('dep_delay') > {n}).group_by('carrier').agg(\n"
    "    pl.len(), pl.col('dep_delay').mean()\n)\n"
    "for row in late_{n}.iter_rows():\n    print(row, flights_{n}.height)",
    "%%mesh busiest_{n}\nSELECT carrier, count(*) AS flights\nFROM flight_ops.flights WHERE month = $month GROUP BY 1",
    "def above_{n}(rows, limit={n}):\n    found = [row for row in rows if row[1] > limit]\n"
    "    return {{row[0]: row for row in found}}\n\nabove_{n}(late_{before}.iter_rows())",
    "%matplotlib inline\n!ls\npath_{n} = f'delays_{{month}}_{n}.csv'\nprint(path_{n})",
    "# Step {n}\n\nWhat the delays of that month say, and what they do not say, in a paragraph of some length.",
)
"""Five kinds of cells, as notebooks have them: frames, SQL, functions, magics, text."""


def of_cells(count: int, round_: int = 0) -> str:
    """A notebook of `count` cells that reads, computes and makes the output `late`; another one for each `round_`."""
    first = f"import mesh_workbench as mesh\nimport polars as pl\nROUND = {round_}"
    middle = [CELLS[n % len(CELLS)].format(n=n, before=n - n % len(CELLS)) for n in range(count - 3)]
    return notebook(first, *middle, "mesh.output('late', late_0)", parameters="month: int = 1")


def figures(folder: Path) -> Iterator[Figure]:
    """A notebook of 500 cells is understood; others of 100 cells are promoted, one version after another."""
    text = of_cells(500)
    analysis = analyse(text)
    assert (analysis.cells, analysis.findings) == (500, [])
    understood = median([_timed(functools.partial(analyse, text)) for _ in range(TIMES)])
    yield Figure("Understanding a notebook of 500 cells", "under 300 ms", _ms(understood), understood < UNDERSTANDING_S)

    bench = create_workbench(folder)
    for name, output in (("flight_ops", "flights"), ("insights", "")):
        bench.domains.add(DomainDraft(name=name))
        if output:
            source = f"import mesh_workbench as mesh\nmesh.output('{output}', frame)"
            bench.products.promote(PromotionRequest(notebook=notebook(source), to=f"{name}.{output}"))
    took = []
    for round_ in range(TIMES):
        request = PromotionRequest(notebook=of_cells(100, round_), to="insights.late")
        took.append(_timed(functools.partial(bench.products.promote, request)))
    assert bench.products.get("insights.late").version == f"1.0.{TIMES - 1}"
    bench.close()
    promoted = median(took)
    yield Figure(
        "Promotion of a notebook of 100 cells, without preflight", "under 500 ms", _ms(promoted), promoted < PROMOTION_S
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
