"""A new major version in JupyterLab: who reads what it takes away is named and told, or passed over with a reason."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunState
from mesh_workbench.workbench import open_workbench
from tests.builders import notebook as notebook_text
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = ("import polars as pl\n\nimport mesh_workbench as mesh", "frame = pl.DataFrame({'seats': [2, 4]})")
SEATS, MAKERS = "mesh.output('seats', frame, mode='replace')", "mesh.output('makers', frame, mode='replace')"
READER = ("import mesh_workbench as mesh", "mesh.output('fleet', mesh.read('insights.seating.makers'), mode='replace')")
WHY = "Agreed with its owner by phone."


def test_who_reads_what_a_new_version_takes_away_is_named_and_passed_only_with_a_reason(lab: Lab, page: Page) -> None:
    bench = open_workbench(lab.root)
    try:
        before = notebook_text(*CELLS, SEATS, MAKERS)
        first = bench.products.promote(PromotionRequest(notebook=before, to="insights.seating", run=True)).run
        assert first is not None
        assert [run.state for run in bench.runs.watch(first.id)][-1] is RunState.SUCCEEDED
        bench.products.promote(PromotionRequest(notebook=notebook_text(*READER), to="insights.fleet_plan"))
        changed = json.loads(notebook_text(*CELLS, SEATS))
        changed["metadata"]["mesh_workbench"] = {"product": "insights.seating"}
        (lab.root / "seating.ipynb").write_text(json.dumps(changed), encoding="utf-8")

        open_file(page, "seating.ipynb")
        notebook(page).get_by_role("button", name="Promote changes").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".jp-mesh-target-version")).to_have_text("1.0.0 becomes 2.0.0")
        dialog.get_by_role("button", name="6 Review").click()
        breaking = dialog.locator(".jp-mesh-breaking")
        expect(breaking).to_contain_text("What readers lose")
        expect(breaking).to_contain_text("makers")
        expect(breaking).to_contain_text("insights.fleet_plan")
        breaking.get_by_role("button", name="Tell them", exact=True).click()
        expect(breaking).to_contain_text("They were told.")

        breaking.get_by_label("Or go on without them, because").fill(WHY)
        dialog.get_by_role("button", name="Promote", exact=True).click()
        expect(dialog.locator(".jp-mesh-run")).to_have_attribute("data-state", "succeeded", timeout=90_000)
        assert bench.products.get("insights.seating").version == "2.0.0"
        assert WHY in str([record for record in bench.catalog.audit().items if record.target == "insights.seating"])
    finally:
        bench.close()
