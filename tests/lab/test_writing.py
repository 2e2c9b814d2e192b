"""Writing a statement in JupyterLab: names are completed, words explained, and SQL has its colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.builders import notebook as document
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import TOKEN, Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = document(
    "import mesh_workbench as mesh",
    "%%mesh\nSELECT carrier, dep_delay FROM flight_ops.flights WHERE carrier IN ('AA')",
    "%%mesh\nSELECT * FROM flight_ops.fli",
    "mesh.read('flight_ops.fli",
    "for one in [1]:\n    print(one in [2])",
)


def test_names_are_completed_words_explained_and_sql_coloured(lab: Lab, page: Page) -> None:
    (lab.root / "writing.ipynb").write_text(CELLS)
    settings = f"{lab.url}/lab/api/settings/@jupyterlab/completer-extension:manager?token={TOKEN}"
    # A busy machine may need longer than the second after which JupyterLab goes on without a provider.
    saved = page.request.put(settings, data={"raw": '{"showDocumentationPanel": true, "providerTimeout": 10000}'})
    assert saved.ok, saved.text()
    page.reload()
    page.locator(".jp-Launcher").wait_for()
    open_file(page, "writing.ipynb")
    cells = notebook(page).locator(".jp-CodeCell")
    listed = page.locator(".jp-Completer")

    for number in (2, 3):
        cells.nth(number).locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.press("Tab")
        listed.locator(".jp-Completer-item", has_text="flights").click()
        expect(cells.nth(number).locator(".cm-content")).to_contain_text("flight_ops.flights")

    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" AND d")
    page.keyboard.press("Tab")
    expect(listed).to_contain_text("dep_delay")
    expect(listed.locator(".jp-Completer-item", has_text="dep_delay")).to_contain_text("int32")
    expect(listed.locator(".jp-Completer-docpanel")).to_contain_text("int32 · flight_ops.flights")
    page.keyboard.press("Escape")
    for _ in range(len(" AND d")):
        page.keyboard.press("Backspace")

    sql = cells.nth(1).locator(".jp-mesh-sql")
    expect(sql.locator("span", has_text="SELECT").first).to_be_visible()
    colours = {
        word: sql.locator("span", has_text=word).last.evaluate("span => getComputedStyle(span).color")
        for word in ("SELECT", "IN", "'AA'")
    }
    assert colours["SELECT"] == colours["IN"] != colours["'AA'"]
    expect(cells.nth(4).locator(".jp-mesh-sql")).to_have_count(0)

    box = sql.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 140, box["y"] + box["height"] / 2)  # over dep_delay
    told = page.locator(".jp-mesh-meaning")
    expect(told).to_contain_text("flight_ops.flights.dep_delay")
