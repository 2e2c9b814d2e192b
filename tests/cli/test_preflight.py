"""`mesh preflight` and `mesh promote --preflight`: a checklist, and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import notebook


@pytest.fixture
def bench(tmp_path: Path, mesh, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert mesh("init").code == 0
    assert mesh("domain", "add", "sales").code == 0
    return tmp_path


def test_a_notebook_that_fails_is_told_by_cell_and_not_promoted(bench, mesh):
    file = bench / "orders.ipynb"
    file.write_text(
        notebook(
            "import mesh_workbench as mesh",
            "x = 1\n1 / zero",
            "mesh.output('orders', [{'id': 1}])",
            parameters="zero = 0",
        )
    )
    said = mesh("promote", str(file), "--to", "sales.orders", "--preflight", "--yes")
    assert said.code == 6
    assert "✕ It fails in cell 3." in said.out
    assert "orders.ipynb, cell 3, line 2: error[run.cell-failed]: ZeroDivisionError" in said.out
    assert "preflight.failed" in said.err
    assert mesh("product", "list", "--json").json["items"] == []

    said = mesh("preflight", str(file), "-p", "zero=1", "--json")
    assert said.code == 0
    assert [check["outcome"] for check in said.json["checks"]] == ["passed"] * 5
    assert mesh("preflight", str(file), "-p", "zero=x").code == 2
