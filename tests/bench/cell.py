"""What `%%mesh` costs over the same SQL on the same files by a warm DuckDB connection."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.figure import Figure, median

QUESTION = "SELECT carrier, count(*) AS flights, avg(dep_delay) AS delay FROM {} GROUP BY carrier ORDER BY carrier"
ROUNDS = 40
TARGET_MS = 10.0


def figures(folder: Path) -> Iterator[Figure]:
    os.environ["MESH_WORKBENCH"] = str(folder)
    import duckdb
    from IPython.core.interactiveshell import InteractiveShell

    from mesh_workbench.workbench import open_workbench

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "mesh_workbench")
    bench = open_workbench(folder)
    files = bench.query.resolve(["flight_ops.flights"])[0].files
    bench.close()
    connection = duckdb.connect()
    listed = ", ".join(f"'{file}'" for file in files)
    direct = QUESTION.format(f"read_parquet([{listed}])")

    def ours() -> object:
        return shell.run_cell_magic("mesh", "answer --arrow", QUESTION.format("flight_ops.flights"))

    def theirs() -> object:
        return connection.sql(direct).to_arrow_table()

    cold = _ms(ours)
    for _ in range(5):
        ours(), theirs()
    mine, base = [], []
    for _ in range(ROUNDS):
        base.append(_ms(theirs))
        mine.append(_ms(ours))
    over = median(mine) - median(base)
    ratio = median(mine) / median(base)
    yield Figure(
        "`%%mesh` over DuckDB on the same files, warm",
        f"under {TARGET_MS:.0f} ms more",
        f"{over:.1f} ms more ({median(mine):.1f} against {median(base):.1f} ms, {ratio:.2f} times)",
        over < TARGET_MS,
    )
    yield Figure("`%%mesh`, the first one of a process", "stated", f"{cold:.0f} ms", True)


def _ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
