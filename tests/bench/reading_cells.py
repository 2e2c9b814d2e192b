"""Cells of `%%mesh` beside DuckDB and JupySQL, in one process: `python reading_cells.py WORKBENCH`.

It runs in an environment that has JupySQL and everything of ours, and prints the milliseconds of each pair as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

WARM, REPEATED, LARGE = 200, 400, 30
GROUPED = "SELECT kind, count(*) AS events, avg(value) AS mean FROM {} WHERE value < {} GROUP BY kind ORDER BY kind"


def main(root: str) -> None:
    os.environ["MESH_WORKBENCH"] = root
    import duckdb
    from IPython.core.interactiveshell import InteractiveShell

    from mesh_workbench.workbench import open_workbench

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "mesh_workbench")
    shell.run_line_magic("load_ext", "sql")
    shell.user_ns["conn"] = duckdb.connect()
    shell.run_line_magic("sql", "conn --alias duck")
    shell.run_line_magic("config", "SqlMagic.displaycon = False")
    bench = open_workbench(Path(root))
    found = {name: bench.query.resolve([name])[0].files for name in ("load.events", "load.few")}
    bench.close()
    files = {name: f"read_parquet([{', '.join(repr(file) for file in listed)}])" for name, listed in found.items()}
    connection = duckdb.connect()

    def mesh(statement: str) -> Callable[[], object]:
        return lambda: shell.run_cell_magic("mesh", "answer --arrow", statement)

    def plain(statement: str) -> Callable[[], object]:
        return lambda: connection.sql(statement).to_arrow_table()

    def grouped(name: str, number: int) -> tuple[Callable[[], object], Callable[[], object]]:
        limit = 1 - number / 10_000  # each asks something else, so that no answer is kept
        return mesh(GROUPED.format(name, limit)), plain(GROUPED.format(files[name], limit))

    told = {
        "warm": _pairs(WARM, 20, lambda number: grouped("load.few", number)),
        "large": _pairs(LARGE, 3, lambda number: grouped("load.events", number)),
        "repeated": _pairs(
            REPEATED,
            20,
            lambda _: (
                lambda: shell.run_cell_magic("mesh", "", "SELECT count(*) AS n FROM load.few"),
                lambda: shell.run_cell_magic("sql", "", "SELECT 1 AS n"),
            ),
        ),
    }
    sys.stdout.write("\n" + json.dumps(told) + "\n")


def _pairs(
    count: int, before: int, made: Callable[[int], tuple[Callable[[], object], Callable[[], object]]]
) -> list[tuple[float, float]]:
    """Milliseconds of both, alternating in which one comes first; `before` of them do not count."""
    taken = []
    for number in range(before + count):
        ours, theirs = made(number)
        if number % 2:
            other, own = _ms(theirs), _ms(ours)
        else:
            own, other = _ms(ours), _ms(theirs)
        taken.append((own, other))
    return taken[before:]


def _ms(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(sys.argv[1])
