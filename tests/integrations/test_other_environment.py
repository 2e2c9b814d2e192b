"""A product that runs in an environment of its own: pandas 2 and no JupyterLab, from a worker with pandas 3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
CODE = """
import importlib.util, sys
import pandas as pd
import mesh_workbench as mesh
orders = mesh.read("sales.orders").pandas()
print("pandas", pd.__version__, "from", type(orders).__module__, importlib.util.find_spec("jupyterlab"))
mesh.output("totals", orders.groupby("region", as_index=False)["amount"].sum())
"""
ORDERS = """
import pandas as pd, mesh_workbench as mesh
mesh.output("orders", pd.DataFrame({"region": ["n", "s", "n"], "amount": [1.0, 2.0, 4.0]}))
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a kernel whose environment has what a kernel needs, at the oldest pandas that is promised."""
    folder = tmp_path_factory.mktemp("pandas2")
    python = folder / "env" / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "env"], check=True)
    install = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python]
    subprocess.run([*install, "pandas<3", *project["dependencies"]], check=True)
    packages = next((folder / "env" / "lib").glob("python*/site-packages"))
    (packages / "mesh_workbench.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "pandas 2"}
    (folder / "share" / "kernels" / "pandas2").mkdir(parents=True)
    (folder / "share" / "kernels" / "pandas2" / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    os.environ["JUPYTER_PATH"] = str(folder / "share")
    yield "pandas2"
    del os.environ["JUPYTER_PATH"]


@pytest.mark.parametrize("warm", ["4", "0"])
def test_a_product_runs_with_pandas_2_and_without_jupyterlab(
    kernel: str, warm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pd.__version__.startswith("3.")
    monkeypatch.setenv("MESH_WARM_KERNELS", warm)
    bench = create_workbench(tmp_path / "bench")
    bench.domains.add(DomainDraft(name="sales"))
    bench.products.promote(PromotionRequest(notebook=notebook(ORDERS), to="sales.orders"))
    bench.runs.request(RunRequest(product="sales.orders"))
    run_worker(bench.context.settings.root, stop=threading.Event(), until_idle=True)
    version = bench.products.promote(
        PromotionRequest(notebook=notebook(CODE, kernel=kernel), to="sales.totals")
    ).version
    assert version.environment.distributions["pandas"].startswith("2.")
    assert "jupyterlab" not in version.environment.distributions
    asked = [bench.runs.request(RunRequest(product="sales.totals", force=True)) for _ in range(2)]
    run_worker(bench.context.settings.root, stop=threading.Event(), until_idle=True)
    for run in (bench.runs.get(one.id) for one in asked):
        assert run.state is RunState.SUCCEEDED, run.failure
        assert run.drift == []
        log = bench.runs.log(run.id)
        assert "pandas 2." in log
        assert log.rstrip().endswith("None") or "from pandas.core.frame None" in log
    assert bench.releases.get("sales.totals").number == 2
    bench.close()
