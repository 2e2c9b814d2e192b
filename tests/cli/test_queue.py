"""Runs that wait: where they stand, what for, and how one is asked to go first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import notebook
from tests.cli.conftest import Mesh


@pytest.fixture
def orders(bench_folder: Path, mesh: Mesh) -> str:
    file = bench_folder / "orders.ipynb"
    cell = 'import mesh_workbench as mesh\nmesh.output("orders", [{"id": 1}])'
    file.write_text(notebook(cell), encoding="utf-8")
    assert mesh("domain", "add", "sales").code == 0
    assert mesh("promote", str(file), "--to", "sales.orders", "--yes").code == 0
    return "sales.orders"


def test_a_run_of_higher_priority_goes_first_and_both_say_where_they_stand(orders: str, mesh: Mesh) -> None:
    low = mesh("run", orders, "--priority", "10", "--json").json
    high = mesh("run", orders, "--priority", "90", "--force", "--json").json
    assert (low["priority"], low["forced"]) == (10, False)
    assert (high["priority"], high["forced"]) == (90, True)
    listed = mesh("runs", "--json").json["items"]
    assert {run["id"]: run["waiting"]["position"] for run in listed} == {low["id"]: 2, high["id"]: 1}
    shown = mesh("runs").out
    assert "queued (1st)" in shown
    assert "queued (2nd)" in shown
    one = mesh("runs", low["id"]).out
    assert "It is 2nd in the queue. No worker is alive that takes runs of" in one
    assert "with priority 10" in one


def test_a_priority_out_of_range_is_refused(orders: str, mesh: Mesh) -> None:
    assert mesh("run", orders, "--priority", "101").code == 2
    assert mesh("runs", "--json").json["items"] == []


def test_limits_that_make_no_sense_are_refused(bench_folder: Path, mesh: Mesh) -> None:
    (bench_folder / "mesh.toml").write_text("run_limits = { sales = -1 }\n", encoding="utf-8")
    said = mesh("runs", "--json")
    assert (said.code, said.problem["code"]) == (2, "settings.invalid")


def test_a_run_has_a_policy_of_its_own_for_being_tried_again(orders: str, mesh: Mesh) -> None:
    run = mesh("run", orders, "--retries", "5", "--retry-on", "user_code", "--retry-on", "run.timeout", "--json").json
    assert (run["retry"]["retries"], run["retry"]["on"]) == (5, ["user_code", "run.timeout"])
    said = mesh("run", orders, "--retry-on", "bad luck", "--json")
    assert (said.code, said.problem["code"]) == (2, "run.unknown-failure")
    assert mesh("run", orders, "--json").json["retry"] is None


@pytest.mark.parametrize("line", ["retries = -1", "retry_on = ['bad luck']", "retry_pause_s = -1"])
def test_a_policy_of_the_workbench_that_makes_no_sense_is_refused(bench_folder: Path, mesh: Mesh, line: str) -> None:
    (bench_folder / "mesh.toml").write_text(f"{line}\n", encoding="utf-8")
    said = mesh("runs", "--json")
    assert (said.code, said.problem["code"]) == (2, "settings.invalid")
