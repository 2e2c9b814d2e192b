"""Many forked kernels, each of which makes the libraries work with all their threads: none hangs, none is wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mesh_workbench.executors.base import ExecutionResult, Job, Limits
from mesh_workbench.executors.local import LocalExecutor
from tests.builders import run_folder
from tests.runs.test_warm_kernels import pool

IMPORTS = "import deltalake, duckdb, numpy as np, pandas as pd, polars as pl, pyarrow as pa"
WORK = """
import concurrent.futures, tempfile
import pyarrow.compute as pc, pyarrow.dataset as ds, pyarrow.parquet as pq
rows = 400_000
frame = pl.DataFrame({"k": np.arange(rows) % 97, "v": np.arange(rows, dtype="f8"), "s": np.arange(rows).astype(str)})
expected = frame.group_by("k").agg(pl.col("v").sum()).sort("k")["v"].to_list()
folder = tempfile.mkdtemp()

def streamed():
    frame.lazy().filter(pl.col("v") >= 0).sort("s").sink_parquet(f"{folder}/sorted.parquet")
    lazy = pl.scan_parquet(f"{folder}/sorted.parquet").group_by("k").agg(pl.col("v").sum()).sort("k")
    return lazy.collect(engine="streaming")["v"].to_list()

def queried():
    with duckdb.connect() as database:
        database.register("frame", frame.to_arrow())
        return [row[0] for row in database.sql("SELECT sum(v) FROM frame GROUP BY k ORDER BY k").fetchall()]

def with_arrow():
    pq.write_table(frame.to_arrow(), f"{folder}/arrow.parquet", row_group_size=10_000)
    table = ds.dataset(f"{folder}/arrow.parquet").to_table(use_threads=True)
    return table.group_by("k").aggregate([("v", "sum")]).sort_by("k")["v_sum"].to_pylist()

def with_delta():
    for mode in ("error", "overwrite"):
        deltalake.write_deltalake(f"{folder}/delta", frame.to_arrow(), mode=mode)
    table = deltalake.DeltaTable(f"{folder}/delta")
    assert table.version() == 1
    return pl.read_delta(f"{folder}/delta").group_by("k").agg(pl.col("v").sum()).sort("k")["v"].to_list()

def with_pandas():
    return frame.to_pandas().groupby("k")["v"].sum().tolist()

def linear():
    matrix = np.ones((400, 400))
    assert (matrix @ matrix).sum() == 400 ** 3
    return expected

with concurrent.futures.ThreadPoolExecutor() as threads:
    found = [threads.submit(one) for one in (streamed, queried, with_arrow, with_delta, with_pandas, linear)]
    for one in found:
        assert one.result() == expected, one
print("all agree")
"""


def run_many(folder: Path, count: int) -> list[ExecutionResult]:
    """That many runs, two at the same time, each of which has two minutes."""
    with pool() as kernels:
        executor = LocalExecutor(kernels)

        def one(number: int) -> ExecutionResult:
            place = run_folder(folder / f"{number}", IMPORTS, WORK)
            result = executor.execute(Job(place, limits=Limits(run_s=120)), lambda _: None, lambda: False)
            assert not result.ok or "all agree" in (place / "log.txt").read_text()
            return result

        with ThreadPoolExecutor(2) as threads:
            results = list(threads.map(one, range(count)))
        assert all(nest.forks for nest in kernels.nests)
        return results


def test_libraries_work_with_their_threads_in_forked_kernels(tmp_path: Path) -> None:
    assert [result.failure for result in run_many(tmp_path, 8) if not result.ok] == []


@pytest.mark.integration
@pytest.mark.timeout(3600)
def test_two_hundred_forked_kernels_in_a_row_work(tmp_path: Path) -> None:
    assert [result.failure for result in run_many(tmp_path, 200) if not result.ok] == []
