"""The catalog panel in a notebook: it draws, searches and shows a product, in a real JupyterLab."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.lab.browser import edit_cell, notebook, run_all

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
