"""What surrounds a run: the folder in which it works, the environment in which it is executed, its limits."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.executors.base import Limits as NotebookLimits
from mesh_workbench.lifecycle.run import Limits
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.promotion import PromotionRequest, StandingRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.runfolder import RUN_FILE, WORK_FOLDER, RunFolder
from mesh_workbench.model.version import EnvironmentDifference, ProductVersion
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker
from tests.builders import notebook
from tests.environments import other_environment

RATES = """import os
import mesh_workbench as mesh, polars as pl
import helpers
print("works in", os.getcwd())
mesh.output("NAME", pl.read_csv("rates.csv").with_columns(doubled=helpers.double(pl.col("rate"))))"""
LIVE = """import os
import mesh_workbench as mesh, polars as pl
print("works in", os.getcwd())
names = ["rates.csv"]
mesh.output("NAME", pl.read_csv(names[0]))"""
WHERE = """import os
import mesh_workbench as mesh, polars as pl
print("works in", os.getcwd())
mesh.output("NAME", pl.DataFrame({"a": [1]}))"""


def promote(bench: LocalWorkbench, name: str, code: str, **more: Any) -> ProductVersion:
    text = notebook(code.replace("NAME", name), kernel=more.pop("kernel", "python3"))
    return bench.products.promote(PromotionRequest(notebook=text, to=f"sales.{name}", **more)).version


def run(bench: LocalWorkbench, name: str, *, service: bool = False) -> Run:
    asked = bench.runs.request(RunRequest(product=f"sales.{name}", force=True))
    run_worker(bench.context.settings.root, service=service, stop=threading.Event(), until_idle=True)
    return bench.runs.get(asked.id)


@pytest.fixture
def folder(busy_bench: LocalWorkbench) -> Path:
    """A folder of the workbench with what a notebook reads and imports."""
    made = busy_bench.context.settings.root / "notebooks" / "rates"
    made.mkdir(parents=True, exist_ok=True)
    (made / "rates.csv").write_text("rate\n1\n2\n")
    (made / "helpers.py").write_text("def double(value):\n    return 2 * value\n")
    return made


def test_a_run_works_where_its_notebook_was_and_a_service_worker_only_if_it_may(
    busy_bench: LocalWorkbench, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = promote(busy_bench, "live", LIVE, folder=str(folder))
    assert (version.folder, version.files) == ("notebooks/rates", [])
    ended = run(busy_bench, "live")
    assert ended.state is RunState.SUCCEEDED, ended.failure
    assert f"works in {folder}\n" in busy_bench.runs.log(ended.id)
    document = run_document(busy_bench, ended)
    assert (document.cwd, document.notebook_folder) == ("notebook", "notebooks/rates")
    served = run(busy_bench, "live", service=True)
    assert served.failure is not None
    assert "No such file" in served.failure.message
    assert run_document(busy_bench, served).cwd == "run"
    monkeypatch.setenv("MESH_SERVICE_IN_NOTEBOOK_FOLDERS", "true")
    assert run(busy_bench, "live", service=True).state is RunState.SUCCEEDED


def test_a_run_of_any_worker_uses_the_files_of_its_version_and_no_edit_reaches_it(
    busy_bench: LocalWorkbench, folder: Path
) -> None:
    version = promote(busy_bench, "rates", RATES, folder=str(folder))
    assert [file.path for file in version.files] == ["notebooks/rates/helpers.py", "notebooks/rates/rates.csv"]
    (folder / "helpers.py").write_text("def double(value):\n    return 1000 * value\n")
    (folder / "rates.csv").unlink()
    ended = run(busy_bench, "rates", service=True)
    assert ended.state is RunState.SUCCEEDED, ended.failure
    assert busy_bench.query.sample("sales.rates").rows == [[1, 2], [2, 4]]
    work = busy_bench.context.storage.run_folder(ended.id) / WORK_FOLDER
    assert f"works in {work / 'notebooks' / 'rates'}\n" in busy_bench.runs.log(ended.id)
    plan = busy_bench.products.plan(
        PromotionRequest(notebook=notebook(RATES.replace("NAME", "rates")), to="sales.rates")
    )
    assert plan.status == "changed"
    assert plan.bump_reason == "notebooks/rates/helpers.py changed; notebooks/rates/rates.csv is gone"


def test_a_notebook_counts_as_changed_when_only_a_file_of_its_folder_is(
    busy_bench: LocalWorkbench, folder: Path
) -> None:
    promote(busy_bench, "stood", RATES, folder=str(folder))

    def standing(where: str | None = str(folder), code: str = RATES) -> tuple[str, list[str]]:
        text = notebook(code.replace("NAME", "stood"), kernel="python3")
        found = busy_bench.products.standing(StandingRequest(notebook=text, to="sales.stood", folder=where))
        assert found.files
        return found.status, found.changes

    assert standing() == standing(None) == ("unchanged", [])
    assert standing(code=LIVE) == ("changed", ["the notebook changed"])
    assert standing("notebooks") == ("changed", ["it lies in another folder"])
    kept = (folder / "helpers.py").read_text()
    (folder / "helpers.py").write_text("def double(value):\n    return 3 * value\n")
    (folder / "rates.csv").unlink()
    gone = ["notebooks/rates/helpers.py changed", "notebooks/rates/rates.csv is gone"]
    assert standing() == standing(None) == ("changed", gone)
    (folder / "helpers.py").write_text(kept)
    (folder / "rates.csv").symlink_to("/etc/hostname")  # leads out of the workbench: it is not looked at
    assert standing() == ("changed", gone[1:])


def test_a_file_that_cannot_be_packaged_stops_the_promotion_and_leaves_nothing(bench: LocalWorkbench) -> None:
    root = bench.context.settings.root
    (root / "large.csv").write_bytes(bytes(20_000_001))
    (root / "small.csv").write_text("a\n1\n")
    code = WHERE + "\nopen('small.csv'), open('large.csv')"
    with pytest.raises(InvalidInput) as refused:
        promote(bench, "large", code, folder=".")
    assert refused.value.code == "notebook.file-too-large"
    assert "project_file_mb" in refused.value.hint
    with pytest.raises(NotFound):
        bench.context.registry.blobs.get(digest_of(b"a\n1\n"))


def test_what_the_workbench_keeps_in_its_folder_is_never_packaged(bench: LocalWorkbench) -> None:
    code = WHERE + "\nopen('mesh.toml'), open('registry.db'), open('registry.db-wal'), open('secrets/token.txt')"
    (bench.context.settings.root / "secrets").mkdir()
    (bench.context.settings.root / "secrets" / "token.txt").write_text("token")
    version = promote(bench, "own", code, folder=".")
    assert version.files == []


def run_document(bench: LocalWorkbench, of: Run) -> RunFolder:
    return RunFolder.model_validate_json((bench.context.storage.run_folder(of.id) / RUN_FILE).read_bytes())


@pytest.mark.parametrize("given", ["..", "/etc", "~", "~nobody-here", "a\0b", "link", "circle", None])
def test_a_folder_outside_of_the_workbench_is_none(bench: LocalWorkbench, given: str | None) -> None:
    root = bench.context.settings.root
    (root / "link").symlink_to("/etc")
    (root / "circle").symlink_to("circle")
    assert promote(bench, "outside", WHERE, folder=given).folder is None


def test_a_run_whose_folder_is_gone_or_leads_away_works_in_its_own(busy_bench: LocalWorkbench) -> None:
    root = busy_bench.context.settings.root
    for name in ("gone", "away"):
        (root / name).mkdir()
        promote(busy_bench, name, WHERE, folder=name)
        (root / name).rmdir()
    (root / "away").symlink_to("/")
    for name in ("gone", "away"):
        ended = run(busy_bench, name)
        log = busy_bench.runs.log(ended.id)
        assert f"the folder {name} of the notebook is not here" in log
        assert f"works in {busy_bench.context.storage.run_folder(ended.id) / WORK_FOLDER}\n" in log


def test_another_folder_or_other_limits_are_another_version_and_none_given_are_not(bench: LocalWorkbench) -> None:
    (bench.context.settings.root / "one").mkdir()
    limits = RunLimits(run_s=60, memory_gb=2)
    first = promote(bench, "moved", WHERE, folder="one", limits=limits)
    assert promote(bench, "moved", WHERE) == first
    second = promote(bench, "moved", WHERE, folder=".")
    assert (second.version, second.folder, second.limits) == ("1.0.1", ".", limits)
    third = promote(bench, "moved", WHERE, limits=RunLimits(cpus=1))
    assert (third.version, third.folder, third.limits) == ("1.0.2", ".", RunLimits(cpus=1))


def test_of_the_limits_of_product_and_workbench_the_tighter_ones_count(bench: LocalWorkbench) -> None:
    version = promote(bench, "tight", WHERE, limits=RunLimits(run_s=60, memory_gb=4, cpus=1))
    ours = NotebookLimits(start_s=30, run_s=600, cell_s=10, memory=2_000_000_000)
    assert Limits(notebook=ours).of(version) == NotebookLimits(
        start_s=30, run_s=60, cell_s=10, memory=2_000_000_000, cpus=1
    )


def test_a_product_with_a_limit_of_its_own_is_ended_by_it(busy_bench: LocalWorkbench) -> None:
    promote(busy_bench, "slow", WHERE + "\nimport time; time.sleep(60)", limits=RunLimits(cell_s=2))
    failure = run(busy_bench, "slow").failure
    assert failure is not None
    assert (failure.failure_class, failure.code) == ("timeout", "run.cell-timeout")


def test_a_run_tells_where_its_environment_has_changed(
    busy_bench: LocalWorkbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = other_environment(tmp_path, "other")
    monkeypatch.setenv("JUPYTER_PATH", str(other.jupyter_path))
    other.add_distribution("acme", "1.0")
    promote(busy_bench, "drifting", WHERE, kernel="other")
    same = run(busy_bench, "drifting")
    assert (same.state, same.drift) == (RunState.SUCCEEDED, [])
    (other.packages / "acme-1.0.dist-info").rename(other.packages / "acme-2.0.dist-info")
    (other.packages / "acme-2.0.dist-info" / "METADATA").write_text("Name: acme\nVersion: 2.0\n")
    other.add_distribution("Extra_Tools", "0.1")
    drifted = run(busy_bench, "drifting")
    assert drifted.state is RunState.SUCCEEDED, drifted.failure
    assert drifted.drift == [
        EnvironmentDifference(name="acme", recorded="1.0", found="2.0"),
        EnvironmentDifference(name="extra-tools", recorded=None, found="0.1"),
    ]
    assert "promoted: acme 1.0 → 2.0, extra-tools absent → 0.1" in busy_bench.runs.log(drifted.id)


def test_a_kernel_that_is_gone_is_refused_with_what_to_do(
    busy_bench: LocalWorkbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = other_environment(tmp_path, "passing")
    monkeypatch.setenv("JUPYTER_PATH", str(other.jupyter_path))
    promote(busy_bench, "kernelless", WHERE, kernel="passing")
    monkeypatch.delenv("JUPYTER_PATH")
    failure = run(busy_bench, "kernelless").failure
    assert failure is not None
    assert (failure.failure_class, failure.code) == ("environment", "run.kernel-unknown")
    assert "there is python3" in failure.message
    assert "ipykernel install --user --name passing" in failure.hint
    with pytest.raises(NotFound, match="no kernel"):
        promote(busy_bench, "refused", WHERE, kernel="passing")
