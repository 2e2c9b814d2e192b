"""The notebook of the figures about runs: five cells that import pandas, Polars and DuckDB, and use each a little."""

from __future__ import annotations

from tests.builders import notebook

CELLS = (
    "import pandas as pd\nimport polars as pl\nimport duckdb",
    "frame = pl.DataFrame({'k': [i % 7 for i in range(10_000)], 'v': list(range(10_000))})",
    "totals = frame.group_by('k').agg(pl.col('v').sum()).sort('k')",
    "answer = duckdb.sql('SELECT k, sum(v) AS v FROM frame GROUP BY k ORDER BY k').df()",
    "print(len(pd.DataFrame(answer)))\nanswer",
)


def plain() -> str:
    """As JSON text."""
    return notebook(*CELLS)


def product() -> str:
    """The same with a parameter, so that no two runs are alike, and its seven rows as the output `totals`."""
    staged = f"{CELLS[-1]}\nimport mesh_workbench as mesh\nmesh.output('totals', answer.assign(n=n), mode='replace')"
    return notebook(*CELLS[:-1], staged, parameters="n: int = 0")
