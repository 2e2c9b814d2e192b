"""What is imported ahead follows the environment, and whatever happens to the processes that wait, runs go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from mesh_workbench.executors.base import Job
from mesh_workbench.executors.imports import imported
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.executors.pool import KernelPool
from tests.builders import run_folder
from tests.environments import OtherEnvironment, other_environment
from tests.runs.test_warm_kernels import eventually, is_alive, pool, printed, ready

PARENT = "import os\nprint(os.getppid())"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherEnvironment]:
    """An environment that has what ours has, and whose kernels Jupyter finds."""
    made = other_environment(tmp_path_factory.mktemp("other"), "other")
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(made.jupyter_path)
    yield made
    os.environ.pop("JUPYTER_PATH")
    if before is not None:
        os.environ["JUPYTER_PATH"] = before


@pytest.fixture(scope="module")
def kernels(other: OtherEnvironment) -> Iterator[KernelPool]:
    with pool() as made:
        yield made


def test_a_package_that_was_upgraded_is_imported_anew(
    other: OtherEnvironment, kernels: KernelPool, tmp_path: Path
) -> None:
    cell = "import drifting, sys\nprint(drifting.VALUE)"
    other.add_module("drifting", "VALUE = 1")
    ready(kernels, tmp_path / "first", cell, kernel="other")
    assert printed(kernels, tmp_path / "second", "import sys\nprint('drifting' in sys.modules)", kernel="other") == (
        "True\n"
    )
    other.add_module("drifting", "VALUE = 2")
    assert printed(kernels, tmp_path / "third", cell, kernel="other") == "2\n"


@pytest.mark.parametrize(
    ("name", "source", "shown"),
    [
        ("printing", "print('hello')", "hello\n"),
        ("warning", "import warnings; warnings.warn('old', UserWarning)", "UserWarning: old"),
        ("asking", "from IPython import get_ipython; print(get_ipython() is not None)", "True\n"),
        (
            "threading_ahead",
            "import threading, time\nthread = threading.Thread(target=time.sleep, args=(600,), daemon=True)\n"
            "thread.start()\nprint('started')",
            "started\n",
        ),
        ("failing", "import os\nif 'MESH_RUN_FOLDER' not in os.environ: raise KeyError\nprint('ran')", "ran\n"),
        ("crashing", "import os\nif 'MESH_RUN_FOLDER' not in os.environ: os._exit(3)\nprint('ran')", "ran\n"),
    ],
)
def test_a_module_that_would_be_missed_is_left_to_the_notebook(
    other: OtherEnvironment, kernels: KernelPool, tmp_path: Path, name: str, source: str, shown: str
) -> None:
    other.add_module(name, source)
    ready(kernels, tmp_path / "first", f"import {name}", kernel="other")
    parent, text = (printed(kernels, tmp_path / f"run {n}", cell, kernel="other")
                    for n, cell in enumerate([PARENT, f"import {name}"]))  # fmt: skip
    assert shown in text
    assert int(parent) != os.getpid()  # and the other imports are still done ahead


def test_a_module_beside_the_notebook_hides_one_that_was_imported_ahead(kernels: KernelPool, tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", "import duckdb\nprint(duckdb.mine)")
    (folder / "work").mkdir()
    (folder / "work" / "duckdb.py").write_text("mine = 'mine'")
    assert LocalExecutor(kernels).execute(Job(folder, kernel="other"), lambda _: None, lambda: False).ok
    assert "mine" in (folder / "log.txt").read_text()


def test_a_module_looks_at_its_own_variable_when_the_notebook_imports_it(
    other: OtherEnvironment, kernels: KernelPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_KEY", "v-1")
    other.add_module("vendor", "import os\nKEY = os.environ.get('VENDOR_KEY')")
    ready(kernels, tmp_path / "first", "import vendor", kernel="other")
    cell = "import vendor\nname = 'env:VENDOR_KEY'\nprint(vendor.KEY)"
    assert printed(kernels, tmp_path / "second", cell, kernel="other") == "v-1\n"


def test_what_runs_is_spared_when_its_environment_changes(
    other: OtherEnvironment, kernels: KernelPool, tmp_path: Path
) -> None:
    ready(kernels, tmp_path / "first", "1", kernel="other")
    folder = run_folder(tmp_path / "run", "print('began')", "import time; time.sleep(3)", "print('ended')")
    results = []
    thread = Thread(
        target=lambda: results.append(
            LocalExecutor(kernels).execute(Job(folder, kernel="other"), lambda _: None, lambda: False)
        )
    )
    thread.start()
    eventually(lambda: (folder / "log.txt").exists() and "began\n" in (folder / "log.txt").read_text())
    other.add_module("newcomer", "")
    assert int(printed(kernels, tmp_path / "other run", PARENT, kernel="other"))
    thread.join()
    assert results[0].ok, results[0].failure


def test_a_run_goes_on_without_the_process_that_forks_when_that_is_killed(tmp_path: Path) -> None:
    with pool() as kernels:
        parent = int(printed(kernels, tmp_path / "first", PARENT))
        os.kill(parent, signal.SIGKILL)
        eventually(lambda: not is_alive(parent))
        assert int(printed(kernels, tmp_path / "second", PARENT)) != parent


def test_killing_the_process_that_forks_ends_its_runs_as_any_death_of_a_kernel(tmp_path: Path) -> None:
    with pool() as kernels:
        folder = run_folder(
            tmp_path / "run", "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"
        )
        failure = LocalExecutor(kernels).execute(Job(folder), lambda _: None, lambda: False).failure
        assert failure is not None
        assert (failure.failure_class, failure.code) == ("infrastructure", "run.kernel-died")


WORKER = """
import sys
from pathlib import Path
from mesh_workbench.executors.base import Job
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.executors.pool import KernelPool
from tests.runs.test_warm_kernels import BOUNDS, pool
if __name__ == "__main__":
    with pool(fork=sys.argv[2] == "forked") as kernels:
        kernels = kernels if sys.argv[2] != "fresh" else None
        LocalExecutor(kernels).execute(Job(Path(sys.argv[1])), lambda _: None, lambda: False)
"""
FAMILY = """
import os, subprocess, time
children = [subprocess.Popen(["sleep", "600"], start_new_session=alone) for alone in (False, True)]
print(os.getpid(), os.getppid(), *[child.pid for child in children], flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("way", ["forked", "spawned", "fresh"])
def test_nothing_is_left_of_a_worker_that_is_killed(tmp_path: Path, way: str) -> None:
    folder = run_folder(tmp_path / "run", FAMILY)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(folder), way])
    log = folder / "log.txt"
    eventually(lambda: log.exists() and any(line[:1].isdigit() for line in log.read_text().splitlines()))
    line = next(line for line in log.read_text().splitlines() if line[:1].isdigit())
    kernel, parent, child, alone = map(int, line.split())
    worker.kill()
    worker.wait()
    family = {"forked": (kernel, parent, child, alone)}.get(way, (kernel, child, alone))
    eventually(lambda: not any(is_alive(pid) for pid in family), timeout_s=20)


def test_what_waits_is_bounded_in_number_and_by_age(tmp_path: Path) -> None:
    with pool(processes=1, idle_s=0.5) as kernels:
        for person in ("ana", "ben"):
            printed(kernels, tmp_path / person, "1", identity=person)
            assert sum(len(nest.ready) for nest in kernels.nests) <= 1
        eventually(lambda: not kernels.nests)


def test_what_takes_more_memory_than_may_wait_does_not(tmp_path: Path) -> None:
    with pool(memory=1_000_000) as kernels:
        printed(kernels, tmp_path / "first", "1")
        eventually(lambda: not any(nest.ready for nest in kernels.nests))
        began = time.monotonic()
        printed(kernels, tmp_path / "second", "1")
        assert time.monotonic() - began < 60


def test_what_a_notebook_imports_is_read_from_statements_of_their_own() -> None:
    cells = [
        "import pandas as pd, numpy\nfrom sklearn.svm import SVC\nfrom __future__ import annotations",
        "%matplotlib inline\n!pip list\nimport scipy.stats",
        "%%bash\nimport nothing",
        "from . import sibling\ndef later():\n    import lazily",
        "import = broken",
    ]
    assert imported(cells) == ("pandas", "numpy", "sklearn.svm", "scipy.stats")
