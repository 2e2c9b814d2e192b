"""The catalog panel in a notebook: it draws, searches and shows a product, in a real JupyterLab."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.workbench import open_workbench
from tests.builders import notebook as notebook_text
from tests.lab.browser import edit_cell, notebook, run_all
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_catalog_panel_is_searched_in_a_notebook(page: Page) -> None:
    page.locator(".jp-LauncherCard[data-category='Notebook']").first.click()
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for()
    panel = notebook(page)
    edit_cell(page, panel.locator(".jp-CodeCell").first, "import mesh_workbench as mesh\nmesh.catalog()")
    run_all(page)

    catalog = panel.locator(".mesh-catalog")
    expect(catalog.get_by_role("option", name=re.compile("fleet.planes"))).to_be_visible()
    catalog.get_by_role("searchbox").fill("tailnum")
    expect(catalog.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    details = catalog.get_by_role("region", name="Product")
    expect(details).to_contain_text(re.compile("promises kept"))
    expect(details.get_by_role("rowheader", name="tailnum")).to_be_visible()
    if picture := os.environ.get("MESH_PICTURE"):
        page.screenshot(path=picture)


def test_a_product_is_run_from_its_form_in_a_notebook(lab: Lab, page: Page) -> None:
    bench = open_workbench(lab.root)
    try:
        bench.domains.add(DomainDraft(name="panels"))
        text = notebook_text(
            "import mesh_workbench as mesh\nmesh.output('readings', [{'id': 1, 'month': month}])",
            parameters="from typing import Annotated\nfrom pydantic import Field\n"
            "month: Annotated[int, Field(ge=1, le=12)] = 1  # which month",
            metadata={"mesh": {"presets": {"summer": {"month": 7}}}},
        )
        bench.products.promote(PromotionRequest(notebook=text, to="panels.readings"))
        page.locator(".jp-LauncherCard[data-category='Notebook']").first.click()
        page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for()
        panel = notebook(page)
        code = 'import mesh_workbench as mesh\nmesh.form("panels.readings")'
        edit_cell(page, panel.locator(".jp-CodeCell").first, code)
        run_all(page)

        form = panel.locator(".mesh-form")
        expect(form.get_by_role("heading")).to_have_text("panels.readings 1.0.0")
        month = form.get_by_label("month")
        month.fill("13")
        expect(form.get_by_role("alert")).to_contain_text("at most 12")
        page.keyboard.press("Enter")
        expect(month).to_be_focused()
        month.fill("")
        form.get_by_label("Preset").select_option("summer")
        expect(month).to_have_attribute("placeholder", "7")
        expect(form.get_by_role("alert")).to_be_empty()
        if picture := os.environ.get("MESH_PICTURE"):
            page.screenshot(path=f"{picture}-form.png")
        form.get_by_role("button", name="Run", exact=True).click()
        expect(form.get_by_role("button", name="Cancel the run")).to_be_visible()
        expect(form.get_by_role("status")).to_contain_text("It went well: release 1, 1 rows.", timeout=60_000)
        expect(form.get_by_role("button", name="Run", exact=True)).to_be_enabled()
        assert bench.runs.list("panels.readings").items[0].parameters == {"month": 7}
        if picture := os.environ.get("MESH_PICTURE"):
            page.screenshot(path=f"{picture}-run.png")
    finally:
        bench.close()
