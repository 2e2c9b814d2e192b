"""The cell with the parameters has a badge, and a button in the toolbar of cells makes one of it."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import notebook as document
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tags_on_disk(lab: Lab, name: str) -> list[list[str]]:
    cells = json.loads((lab.root / name).read_text())["cells"]
    return [cell["metadata"].get("tags", []) for cell in cells]


def badges(panel: Locator) -> list[str | None]:
    return [cell.get_attribute("data-mesh-parameters") for cell in panel.locator(".jp-Cell").all()]


def test_one_cell_is_the_one_with_the_parameters_and_that_can_be_undone(lab: Lab, page: Page) -> None:
    (lab.root / "values.ipynb").write_text(document("month = 3", "limit = 10", "# parameters\ncarrier = 'UA'"))
    open_file(page, "values.ipynb")
    panel = notebook(page)
    cells = panel.locator(".jp-CodeCell")
    expect(cells).to_have_count(3)
    expect(cells.nth(2)).to_have_attribute("data-mesh-parameters", "Parameters")  # by its comment
    assert badges(panel) == [None, None, "Parameters"]

    mark = panel.locator(".jp-cell-toolbar").get_by_role("button", name=re.compile("cell that holds the parameters"))
    cells.nth(1).click()
    mark.click()
    expect(cells.nth(1)).to_have_attribute("data-mesh-parameters", "Parameters")
    cells.nth(0).click()
    mark.click()
    expect(cells.nth(0)).to_have_attribute("data-mesh-parameters", "Parameters")
    assert badges(panel) == ["Parameters", None, None]
    on = panel.locator(".jp-cell-toolbar").get_by_role("button", name=re.compile("holds the parameters. Click to undo"))
    expect(on).to_be_visible()

    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('.lm-Menu-item[data-command="notebook:undo-cell-action"]').click()
    expect(cells.nth(1)).to_have_attribute("data-mesh-parameters", "Parameters")
    assert badges(panel) == [None, "Parameters", None]

    cells.nth(1).click()
    on.focus()
    page.keyboard.press("Enter")
    expect(cells.nth(2)).to_have_attribute("data-mesh-parameters", "Parameters")
    cells.nth(0).click()
    mark.click()
    page.keyboard.press("Control+s")
    until = time.monotonic() + 20
    while tags_on_disk(lab, "values.ipynb") != [["parameters"], [], []]:
        assert time.monotonic() < until, tags_on_disk(lab, "values.ipynb")
        time.sleep(0.2)
