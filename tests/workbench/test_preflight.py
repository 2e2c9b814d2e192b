"""A notebook is tried out before it is promoted, as a worker would run it: with real processes and kernels."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from mesh_workbench.errors import Forbidden, InvalidInput, NotFound
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.lifecycle.preflight import Trial, preflight
from mesh_workbench.model.base import now
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.preflight import Preflight, PreflightCheck, PreflightRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import apply_fix
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.preflights import FOLDER, write_value
from tests.builders import contract, notebook

MESH = "import mesh_workbench as mesh"
POSITIVE = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}


def done(bench: LocalWorkbench, asked: Preflight, within_s: float = 60.0) -> Preflight:
    deadline = time.monotonic() + within_s
    while (found := bench.preflights.get(asked.id)).state == "running":
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def outcomes(tried: Preflight) -> dict[str, str]:
    return {check.name: check.outcome for check in tried.checks}


def folder_of(bench: LocalWorkbench, tried: Preflight) -> Path:
    return bench.context.storage.runs.with_name(FOLDER) / tried.id


def test_a_notebook_is_tried_out_with_only_what_its_version_would_hold(
    busy_bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = busy_bench.context.settings.root
    (root / "tries").mkdir()
    (root / "tries" / "rates.csv").write_text("a,b\n")
    (root / "tries" / "other.csv").write_text("a,b\n")
    monkeypatch.setenv("RATES_KEY", "k-123456789")
    text = notebook(
        f"{MESH}\nimport os, pathlib",
        "assert sorted(os.listdir()) == ['rates.csv'], os.listdir()\nrates = open('rates.csv').read()",
        "print(mesh.secret('env:RATES_KEY'))",
        "mesh.output('orders', [{'id': number, 'amount': 1} for number in range(many)])",
        parameters="many = 3",
    )
    request = PreflightRequest(notebook=text, to="sales.orders", folder="tries", parameters={"many": 4},
                               contracts={"orders": contract("id", POSITIVE, name="orders")})  # fmt: skip
    asked = busy_bench.preflights.start(request)
    assert asked.state == "running"
    tried = done(busy_bench, asked)
    assert tried.passed, tried
    assert outcomes(tried) == dict.fromkeys(("understood", "runs", "produces", "keeps", "declares"), "passed")
    assert tried.rows == {"orders": 4}
    assert tried.report is not None
    assert tried.report.results
    assert not busy_bench.runs.list().items
    with pytest.raises(NotFound):
        busy_bench.products.get("sales.orders")
    left = folder_of(busy_bench, tried)
    assert "•••" in (left / "executed.ipynb").read_text()
    assert not (left / "staged").exists()


def test_what_is_wrong_is_told_with_its_place_and_a_fix(busy_bench: LocalWorkbench) -> None:
    text = notebook(
        f"{MESH}\nimport os",
        "level = os.environ.get('LEVEL')\nprint(open(__import__('sys').argv[0]).name)",
        "mesh.output('late', [{'id': 1, 'amount': -1}])\nmesh.output('more', [])",
        "if level:\n    mesh.output('never', [{'id': 1}])",
    ).replace("mesh.output('more', [])", "import polars as pl; mesh.output('more', pl.DataFrame({'id': [0]}).clear())")
    text = text.replace("open(__import__('sys').argv[0])", f"open({str(Path(__file__))!r}.replace('.py', '.txt'))")
    outside = Path(__file__).with_suffix(".txt")
    outside.write_text("outside")
    try:
        request = PreflightRequest(notebook=text, contracts={"late": contract("id", POSITIVE, name="late")})
        tried = done(busy_bench, busy_bench.preflights.start(request))
    finally:
        outside.unlink()
    assert outcomes(tried) == {
        "understood": "passed", "runs": "passed", "produces": "failed", "keeps": "failed", "declares": "warned",
    }  # fmt: skip
    assert not tried.passed
    found = {finding.code: finding for check in tried.checks for finding in check.findings}
    assert (found["preflight.no-output"].cell, found["preflight.no-rows"].cell) == (3, 2)
    assert found["preflight.promise-broken"].cell == 2
    assert str(outside) in found["preflight.outside-file"].message
    variable = found["preflight.variable-missing"]
    assert variable.cell == 1
    assert variable.fix is not None
    assert 'level = mesh.secret(\\"env:LEVEL\\")' in apply_fix(text, variable.fix)


def test_a_failing_cell_is_told_with_its_line_and_the_file_that_it_misses(busy_bench: LocalWorkbench) -> None:
    root = busy_bench.context.settings.root
    (root / "named.csv").write_text("a\n")
    text = notebook(
        MESH, "import json\nname = json.loads('\"named.csv\"')\nopen(name)", "mesh.output('orders', [{'id': 1}])"
    )
    tried = done(busy_bench, busy_bench.preflights.start(PreflightRequest(notebook=text, folder=str(root))))
    assert outcomes(tried)["runs"] == "failed"
    assert outcomes(tried)["keeps"] == "not_checked"
    [failing] = next(check for check in tried.checks if check.name == "runs").findings
    assert (failing.code, failing.cell, failing.line) == ("run.cell-failed", 1, 3)
    assert failing.fix is not None
    assert failing.fix.label == "Package this file"
    assert '"files": [\n    "named.csv"\n   ]' in apply_fix(text, failing.fix)


def not_executed(bench: LocalWorkbench, folder: Path, text: str) -> list[PreflightCheck]:
    """The checklist of a notebook that does not come to a kernel."""
    trial = Trial("pre_1", folder, PreflightRequest(notebook=text), analyse(text), "ana", bench.query.resolve)
    tried = preflight(trial, LocalExecutor(), lambda _: None, lambda: False)
    assert not list(folder.iterdir())
    return tried.checks


def test_a_notebook_that_cannot_be_promoted_is_not_executed(busy_bench: LocalWorkbench, tmp_path: Path) -> None:
    checks = not_executed(busy_bench, tmp_path, notebook("this is no python"))
    assert [check.outcome for check in checks] == ["failed", *["not_checked"] * 4]
    assert checks[0].findings[0].code == "notebook.syntax-error"


def test_an_input_that_cannot_be_read_is_named_before_anything_is_executed(
    busy_bench: LocalWorkbench, tmp_path: Path
) -> None:
    text = notebook(MESH, "mesh.output('copy', mesh.read('sales.nothing'))")
    checks = not_executed(busy_bench, tmp_path, text)
    assert [check.outcome for check in checks] == ["passed", *["not_checked"] * 3, "failed"]
    [finding] = checks[-1].findings
    assert (finding.code, finding.cell, finding.line) == ("query.unknown-product", 1, 1)


def test_a_preflight_ends_when_somebody_wants_it_and_leaves_no_process(busy_bench: LocalWorkbench) -> None:
    text = notebook(MESH, "import time\ntime.sleep(600)", "mesh.output('orders', [{'id': 1}])")
    asked = busy_bench.preflights.start(PreflightRequest(notebook=text))
    deadline = time.monotonic() + 60
    while busy_bench.preflights.get(asked.id).progress.cell != 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    busy_bench.preflights.cancel(asked.id)
    tried = done(busy_bench, asked)
    assert tried.state == "cancelled"
    assert tried.ended is not None
    folder = str(folder_of(busy_bench, tried))
    assert not [one.pid for one in psutil.process_iter(["environ"]) if folder in str(one.info["environ"])]


def test_a_preflight_whose_process_is_gone_is_lost(busy_bench: LocalWorkbench) -> None:
    text = notebook(MESH, "import time\ntime.sleep(600)", "mesh.output('orders', [{'id': 1}])")
    asked = busy_bench.preflights.start(PreflightRequest(notebook=text))
    folder = str(folder_of(busy_bench, asked))
    [process] = [one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [])[-1:] == [folder]]
    os.kill(process.pid, signal.SIGKILL)
    assert done(busy_bench, asked).state == "lost"


def test_nobody_elses_code_is_executed(busy_bench: LocalWorkbench) -> None:
    rita = busy_bench.as_(Identity(name="rita"))
    with pytest.raises(Forbidden) as refused:
        rita.preflights.start(PreflightRequest(notebook=notebook(MESH)))
    assert refused.value.code == "preflight.not-yours"
    with pytest.raises(Forbidden) as refused:
        rita.preflights.start(PreflightRequest(notebook=notebook(MESH), to="sales.orders"))
    assert refused.value.code == "access.denied"


def test_a_preflight_is_seen_by_whoever_began_it(busy_bench: LocalWorkbench) -> None:
    mine = Preflight(id=f"pre_{'0' * 26}", identity=busy_bench.identity.name, state="done", begun=now())
    folder = folder_of(busy_bench, mine)
    folder.mkdir(parents=True)
    write_value(folder, mine)
    assert busy_bench.preflights.get(mine.id) == mine
    with pytest.raises(Forbidden):
        busy_bench.as_(Identity(name="rita")).preflights.get(mine.id)
    for unknown in ("pre_1", "../runs", f"pre_{'1' * 26}"):
        with pytest.raises(NotFound):
            busy_bench.preflights.get(unknown)


def test_values_that_do_not_fit_are_refused_at_once(busy_bench: LocalWorkbench) -> None:
    text = notebook(MESH, "mesh.output('orders', [{'id': 1}])", parameters="many = 3")
    with pytest.raises(InvalidInput) as refused:
        busy_bench.preflights.start(PreflightRequest(notebook=text, parameters={"many": "x"}))
    assert refused.value.code == "parameter.type"
