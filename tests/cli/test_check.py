"""`mesh check`: the findings of a notebook, and their fixes, without a workbench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import notebook

OUT = 'import mesh_workbench as mesh\nmesh.output("delays", 1)'


@pytest.fixture
def delays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "delays.ipynb"
    file.write_text(notebook("# parameters\nmonth = 1", OUT), encoding="utf-8")
    return file


def test_findings_are_told_with_place_hint_and_what_fix_would_do(delays, mesh):
    said = mesh("check", str(delays))
    assert said.code == 0
    assert "delays.ipynb, cell 1: info[notebook.parameters-comment]" in said.out
    assert "let --fix do it: tag this cell" in said.out


def test_fixes_are_applied_and_saved(delays, mesh):
    before = delays.read_text()
    assert mesh("check", str(delays), "--fix", "--only", "injected-parameters").code == 0
    assert delays.read_text() == before

    said = mesh("check", str(delays), "--fix")
    assert "fixed[notebook.parameters-comment]" in said.out
    again = mesh("check", str(delays), "--json")
    assert again.json["findings"] == []
    assert [spec["name"] for spec in again.json["parameters"]] == ["month"]


def test_what_must_be_mended_is_an_exit_code(delays, mesh):
    delays.write_text(notebook("x = = 1"), encoding="utf-8")
    said = mesh("check", str(delays), "--json")
    assert said.code == 2
    assert said.json["findings"][0]["code"] == said.problem["code"] == "notebook.syntax-error"


def test_what_is_no_notebook_is_refused(delays, mesh):
    delays.write_text("{", encoding="utf-8")
    assert mesh("check", str(delays), "--json").problem["code"] == "notebook.not-a-notebook"


def test_files_beside_the_notebook_are_found(mesh, tmp_path):
    (tmp_path / "helpers.py").write_text("x = 1\n")
    file = tmp_path / "delays.ipynb"
    file.write_text(
        notebook("import helpers\nopen('missing.csv')", "import mesh_workbench as mesh\nmesh.output('a', x)")
    )
    said = mesh("check", str(file))
    assert "helpers.py becomes part of the version" in said.out
    assert "missing.csv" in said.out
