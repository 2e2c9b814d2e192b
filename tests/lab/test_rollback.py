"""Going back to an earlier version, from its line in the list of versions."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunState
from mesh_workbench.workbench import open_workbench
from tests.builders import notebook
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "insights.steps"
USES = "import polars as pl\n\nimport mesh_workbench as mesh"


def test_an_earlier_version_runs_again_after_its_line_says_what_happens(lab: Lab, page: Page) -> None:
    bench = open_workbench(lab.root)
    try:
        for step in (1, 2):
            text = notebook(f"step = {step}", USES, "mesh.output('steps', pl.DataFrame({'n': [step]}), mode='replace')")
            run = bench.products.promote(PromotionRequest(notebook=text, to=NAME, run=True)).run
            assert run is not None
            assert [one.state for one in bench.runs.watch(run.id)][-1] is RunState.SUCCEEDED
        newest = bench.products.get(NAME).version
        page.goto(f"{lab.url}/lab?mesh-product={NAME}")
        shown = page.locator(".jp-mesh-page")
        expect(shown.locator("h1")).to_have_text(NAME, timeout=60_000)
        shown.get_by_role("tab", name="Versions").click()
        expect(shown.get_by_role("button", name=f"Go back to {newest}")).to_have_count(0)
        shown.get_by_role("button", name="Go back to 1.0.0").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("What to bring back")).to_have_value("1.0.0")
        expect(dialog.get_by_label("What happens")).to_contain_text("1.0.0")
        dialog.get_by_label("Why?").fill("The second step is wrong")
        dialog.get_by_role("button", name="Go back").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_text(f"{NAME} went back: version 1.0.0 runs")).to_be_visible()
        assert newest != "1.0.0"
        assert bench.products.get(NAME).version == "1.0.0"
    finally:
        bench.close()
