"""Kernels that were started ahead: nothing tells them from fresh ones, and nothing goes from one run to another."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mesh_workbench.executors.base import Job
from mesh_workbench.executors.fresh import FreshKernels
from mesh_workbench.executors.kernel import Kernels
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.executors.pool import Bounds, KernelPool
from tests.builders import run_folder
from tests.runs.looking import LOOK

BOUNDS = Bounds(processes=2, memory=4_000_000_000, idle_s=600, at_once=1, fork=True, start_timeout_s=60)
WAYS = ["forked", "spawned"]
USUAL = "import pandas, polars, duckdb, pyarrow, mesh_workbench"


@contextmanager
def pool(**bounds: Any) -> Iterator[KernelPool]:
    made = KernelPool(replace(BOUNDS, **bounds))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def pools() -> Iterator[dict[str, Kernels]]:
    with pool() as forking, pool(fork=False) as spawning:
        yield {"fresh": FreshKernels(), "forked": forking, "spawned": spawning}


def eventually(what: Callable[[], object], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def printed(kernels: Kernels, folder: Path, *cells: str, **about: Any) -> str:
    """What the cells of a run print, run by one of these kernels."""
    run_folder(folder, *cells)
    result = LocalExecutor(kernels).execute(Job(folder, **about), lambda _: None, lambda: False)
    assert result.ok, result.failure
    outputs = [output for cell in nbformat.read(folder / "executed.ipynb", 4).cells for output in cell.outputs]
    return "".join(output.get("text", "") for output in outputs)


def ready(kernels: Kernels, folder: Path, *cells: str, **about: Any) -> None:
    """Let the pool know such a run, and wait until it has a kernel for the next one that has done these imports."""
    printed(kernels, folder, *cells, **about)
    assert isinstance(kernels, KernelPool)
    eventually(lambda: not any(nest.starting or nest.wants(1) for nest in kernels.nests))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def fresh_look(pools: dict[str, Kernels], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return look(pools["fresh"], tmp_path_factory.mktemp("fresh") / "run")


def look(kernels: Kernels, folder: Path) -> dict[str, Any]:
    text = printed(kernels, folder, USUAL, LOOK, environment={"OWN": "value", "LC_TIME": "C"})
    found: dict[str, Any] = json.loads(text.replace(str(folder), "FOLDER"))
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_notebook_cannot_tell_a_warm_kernel_from_a_fresh_one(
    pools: dict[str, Kernels], fresh_look: dict[str, Any], way: str, tmp_path: Path
) -> None:
    ready(pools[way], tmp_path / "first", USUAL, environment={"OTHER": "1", "LC_TIME": "C"})
    warm = look(pools[way], tmp_path / "run")
    assert {name: warm[name] for name in fresh_look} == fresh_look


def test_imports_of_earlier_runs_are_done_ahead_and_the_usual_ones_where_a_process_is_forked_again_and_again(
    pools: dict[str, Kernels], tmp_path: Path
) -> None:
    ask = "import sys\nprint([name in sys.modules for name in ('duckdb', 'sqlglot.optimizer')])"
    assert printed(pools["fresh"], tmp_path / "fresh", ask) == "[False, False]\n"
    for way in WAYS:
        ready(pools[way], tmp_path / way / "first", "import sqlglot.optimizer")
        assert printed(pools[way], tmp_path / way / "second", ask) == f"[{way == 'forked'}, True]\n"


def test_runs_that_come_at_once_do_not_wait_for_each_other_s_kernels(tmp_path: Path) -> None:
    with pool(fork=False, at_once=3, processes=3) as kernels, ThreadPoolExecutor(3) as threads:
        started = list(threads.map(lambda n: printed(kernels, tmp_path / n, "import os; print(os.getpid())"), "abc"))
        assert len(set(started)) == 3
        eventually(lambda: not any(nest.starting or nest.wants(3) for nest in kernels.nests))
        assert [len(nest.ready) for nest in kernels.nests] == [3]


CHANCE = """
import random, secrets, ssl, tempfile, uuid
import duckdb, numpy as np, pandas as pd, polars as pl
print(random.random(), np.random.rand(), np.random.default_rng().random(), uuid.uuid4(), uuid.uuid1(),
      secrets.token_hex(), ssl.RAND_bytes(8).hex(), tempfile.mktemp(),
      duckdb.sql("SELECT random()").fetchall()[0][0], "".join(map(str, pd.Series(range(50)).sample(20).tolist())),
      "".join(map(str, pl.Series(range(50)).sample(20, shuffle=True).to_list())))
"""


def test_every_kernel_has_chance_of_its_own(pools: dict[str, Kernels], tmp_path: Path) -> None:
    one, other = (printed(pools["forked"], tmp_path / name, CHANCE).split() for name in ("one", "other"))
    assert len(one) == 11
    assert not set(one) & set(other)


SPOIL = """
import os, random, sys, threading, time, warnings
import numpy as np, pandas as pd, polars as pl
os.environ["SPOILT"] = "1"
sys.path.append("/spoilt")
sys.modules["spoilt"] = sys
random.seed(1); np.random.seed(1)
pd.set_option("display.max_rows", 3); pl.Config.set_tbl_rows(3)
pd.spoilt = True
warnings.simplefilter("error")
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
open("spoilt", "w").close()
spoilt = 1
"""
SEE = """
import os, sys, threading, warnings
import pandas as pd, polars as pl
print(os.environ.get("SPOILT"), "/spoilt" in sys.path, "spoilt" in sys.modules, pd.get_option("display.max_rows"),
      pl.Config.state()["POLARS_FMT_MAX_ROWS"], hasattr(pd, "spoilt"), warnings.filters[0][0], os.listdir(),
      "spoilt" in globals(), [thread for thread in threading.enumerate() if "sleep" in str(thread)])
"""


@pytest.mark.parametrize("way", WAYS)
def test_nothing_goes_from_one_run_to_the_next(pools: dict[str, Kernels], way: str, tmp_path: Path) -> None:
    fresh = printed(pools["fresh"], tmp_path / "fresh", SEE)
    ready(pools[way], tmp_path / "first", SPOIL)
    assert printed(pools[way], tmp_path / "second", SEE) == fresh


def test_kernels_are_never_shared_between_identities(tmp_path: Path) -> None:
    with pool(processes=3) as kernels:
        parent = "import os\nprint(os.getppid())"
        people = ["ana", "ben", "ana"]
        parents = [printed(kernels, tmp_path / f"{n}", parent, identity=name) for n, name in enumerate(people)]
        assert parents[0] == parents[2] != parents[1]


def test_a_secret_is_known_to_the_run_that_names_it_alone(
    pools: dict[str, Kernels], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_KEY", "w-1")
    show = "import os, subprocess\nprint(os.environ.get('WEATHER_KEY'), subprocess.getoutput('echo $WEATHER_KEY'))"
    assert printed(pools["forked"], tmp_path / "named", "'env:WEATHER_KEY'", show) == "w-1 w-1\n"
    assert printed(pools["forked"], tmp_path / "other", show) == "None \n"


def test_linear_algebra_has_as_many_threads_as_in_a_fresh_kernel(pools: dict[str, Kernels], tmp_path: Path) -> None:
    cell = """import os, numpy as np
np.ones((800, 800)) @ np.ones((800, 800))
names = [open(f'/proc/self/task/{task}/comm').read().strip() for task in os.listdir('/proc/self/task')]
print(names.count('python'))"""
    fresh, warm = (printed(pools[way], tmp_path / way, cell) for way in ("fresh", "forked"))
    assert warm == fresh
