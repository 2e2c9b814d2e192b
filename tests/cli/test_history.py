"""`mesh contract history` after a run that kept its promises and one that did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import contract, notebook

FARES = notebook(
    "import polars as pl\nimport mesh_workbench as mesh",
    'mesh.output("fares", pl.DataFrame({"id": [1, 2, 3, 4], "fare": [5.0, 6.0, 7.0, None if gap else 8.0]}))',
    parameters="gap = False",
)
COLUMNS = ({"name": "id", "primaryKey": True}, {"name": "fare", "required": True})


@pytest.fixture
def fares(bench_folder: Path, mesh) -> Path:
    (bench_folder / "fares.ipynb").write_text(FARES, encoding="utf-8")
    (bench_folder / "fares.odcs.yaml").write_text(contract(*COLUMNS, name="fares"), encoding="utf-8")
    assert mesh("domain", "add", "sales").code == 0
    promoted = mesh("promote", "fares.ipynb", "--to", "sales.fares", "--contract", "fares.odcs.yaml", "--yes")
    assert promoted.code == 0, promoted.err
    return bench_folder


def test_before_the_first_check_it_says_how_to_get_one(fares, mesh):
    said = mesh("contract", "history", "sales.fares")
    assert said.code == 0
    assert "sales.fares has not been checked yet." in said.out
    assert "mesh run sales.fares --wait" in said.out
    assert mesh("contract", "history", "sales.fares", "--json").json["checks"] == []


@pytest.mark.slow
def test_promises_are_followed_from_check_to_check(fares, mesh):
    assert mesh("run", "sales.fares", "--wait").code == 0
    once = mesh("contract", "history", "sales.fares", "--changes")
    assert "There was one check only" in once.out
    failed = mesh("run", "sales.fares", "-p", "gap=true", "--wait", "--json")
    assert failed.code == 6

    found = mesh("contract", "history", "sales.fares", "--json").json
    assert [(check["release"], check["verdict"]) for check in found["checks"]] == [(1, "kept"), (None, "breached")]
    points = {one["promise"]["id"]: one["points"] for one in found["promises"]}
    assert [point["outcome"] for point in points["fares.fare.required"]] == ["passed", "failed"]
    assert (points["fares.fare.required"][1]["failing_rows"], points["fares.fare.required"][1]["share"]) == (1, 0.25)
    assert [(one["promise"]["id"], one["kind"]) for one in found["changes"]] == [("fares.fare.required", "broken")]

    everything = mesh("contract", "history", "sales.fares").out
    line = next(line for line in everything.splitlines() if "fares.fare.required" in line)
    assert "✓✕" in line
    assert "broken" in line
    assert "✓ kept  ✕ broken" in everything
    run = found["checks"][1]["run_id"]
    assert f"mesh runs {run} --quarantine" in everything

    changed = mesh("contract", "history", "sales.fares", "--changes").out
    assert "newly broken" in changed
    assert "✓ kept, 0" in changed
    assert "✕ broken, 1 (25 %)" in changed
    assert "fares.id.exists" not in changed

    one = mesh("contract", "history", "sales.fares", "fares.fare.required").out
    assert "fare is never empty" in one
    assert one.index(run) < one.index(found["checks"][0]["run_id"])
    about = mesh("contract", "history", "sales.fares", "fare", "--json").json
    assert {one["promise"]["target"] for one in about["promises"]} == {"fares.fare"}
    last = mesh("contract", "history", "sales.fares", "--limit", "1", "--json").json
    assert [check["run_id"] for check in last["checks"]] == [run]

    unknown = mesh("contract", "history", "sales.fares", "fares.fare.requird", "--json")
    assert (unknown.code, unknown.problem["code"]) == (3, "contract.no-promise")
    assert "fares.fare.required" in unknown.problem["hint"]
    elsewhere = mesh("contract", "history", "sales.fares", "--port", "fairs", "--json")
    assert (elsewhere.code, elsewhere.problem["code"]) == (3, "port.unknown")
