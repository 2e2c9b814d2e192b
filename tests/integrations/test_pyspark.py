"""Spark reads exactly the rows of a release, with the code that `mesh connect` prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mesh_workbench as mesh
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook
from tests.query import test_slot_connect as of_slot
from tests.query.test_doors import MAKE, NAME, TABLE, exact
from tests.storage.world import new_world

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

READ = """
{code}
spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
rows.coalesce(1).write.parquet({target!r})
print("NaN is above", rows.filter("ratio > 100").count())
"""


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
@pytest.mark.parametrize("folder", ["plain", "with spaces [and] {more}"])
def test_spark_reads_the_rows_of_the_release(folder: str, spark: Path, tmp_path: Path) -> None:
    bench = create_workbench(tmp_path / folder / "bench")
    bench.domains.add(DomainDraft(name="odd"))
    pq.write_table(TABLE, tmp_path / "table.parquet")
    for rows in (3, 1):
        made = MAKE.format(path=str(tmp_path / "table.parquet"), mode="replace")
        bench.products.promote(
            PromotionRequest(notebook=notebook("# Things", made, parameters=f"rows = {rows}"), to=NAME, run=True)
        )
        run_worker(bench.context.settings.root, stop=threading.Event(), until_idle=True)
    connection = bench.query.connect(NAME, release=1)
    bench.close()
    [code] = [snippet.code for snippet in connection.snippets if snippet.tool == "pyspark"]
    found, said = read(spark, code, tmp_path)
    assert exact(found) == exact(TABLE)
    assert "NaN is above 1" in said


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
@pytest.mark.parametrize("folder", ["plain", "with spaces [and] {more}"])
def test_spark_reads_the_rows_of_the_slot(
    folder: str, spark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """January, in whose files there is no column yet that came in March, and February as it was published anew."""
    monkeypatch.setenv("MESH_WORKBENCH", str(tmp_path / folder / "bench"))
    bench = create_workbench(tmp_path / folder / "bench")
    of_slot.publish_months(new_world(bench.context.registry, bench.context.storage, "flights"))  # type: ignore[arg-type]
    for slot, above in (("2013-01", 1), ("2013-02/2013-03", 2)):
        connection = bench.query.connect(of_slot.FLIGHTS, slot=slot)
        found, said = read(spark, of_slot.code_of(connection, "pyspark"), tmp_path / slot.replace("/", " "))
        assert of_slot.exact(found) == of_slot.exact(mesh.read(of_slot.FLIGHTS, slot=slot).arrow())
        assert f"NaN is above {above}" in said
    bench.close()


def read(spark: Path, code: str, folder: Path) -> tuple[pa.Table, str]:
    """The rows that the code of `mesh connect` reads, and what was said about them."""
    folder.mkdir(exist_ok=True)
    target = folder / "read"
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "TZ": "America/New_York"}
    done = subprocess.run(
        [spark, "-c", READ.format(code=code, target=str(target))],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return pq.read_table(target), done.stdout


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with Spark; MESH_BENCH_CACHE keeps it."""
    cache = os.environ.get("MESH_BENCH_CACHE")
    folder = Path(cache) / "pyspark" if cache else tmp_path_factory.mktemp("pyspark")
    python = folder / "env" / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "env"], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", python, "pyspark", "deltalake", "pyarrow"], check=True)
    return python
