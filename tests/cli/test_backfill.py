"""`mesh backfill`: from a dry run to the grid of what became of each slot."""

from __future__ import annotations

from pathlib import Path

from tests.builders import notebook
from tests.cli.conftest import Mesh

CELL = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('daily', pl.DataFrame({'n': [1]}))"
RANGE = ("--from", "2026-03-01", "--to", "2026-03-04")


def test_a_backfill_is_planned_begun_shown_held_and_ended(mesh: Mesh, bench_folder: Path) -> None:
    assert mesh("domain", "add", "sales").code == 0
    Path("daily.ipynb").write_text(notebook(CELL), encoding="utf-8")
    assert mesh("promote", "daily.ipynb", "--to", "sales.daily", "--yes").code == 0

    uncut = mesh("backfill", "sales.daily", *RANGE, "--json")
    assert (uncut.code, uncut.problem["code"]) == (2, "backfill.no-cut")
    assert mesh("schedule", "set", "sales.daily", "--cron", "0 0 * * *").code == 0
    dry = mesh("backfill", "sales.daily", *RANGE, "--dry-run")
    assert "3 slots would run, from 2026-03-01 00:00:00Z to 2026-03-03 00:00:00Z." in dry.out
    assert "There are no backfills." in mesh("backfill", "sales.daily").out

    begun = mesh("backfill", "sales.daily", *RANGE, "--yes", "--json").json
    assert (begun["state"], begun["counts"]) == ("running", {"waiting": 3})
    assert mesh("backfill", begun["id"], "--pause", "--reason", "Source moves", "--json").json["state"] == "paused"
    shown = mesh("backfill", begun["id"])
    assert "paused: Source moves" in shown.out
    assert "2026-03-01 00:00  ···" in shown.out
    assert "· waiting" in shown.out
    assert mesh("backfill", "--json").json["items"][0]["id"] == begun["id"]
    assert mesh("backfill", begun["id"], "--resume", "--cancel", "--json").problem["code"] == "cli.usage"
    assert mesh("backfill", begun["id"], "--cancel", "--json").json["counts"] == {"skipped": 3}
    assert mesh("backfill", begun["id"], "--resume", "--json").code == 4
    assert mesh("backfill", "bkf_nothing", "--json").code == 3
