"""Names in a notebook that did not load the extension: verbs, frames, aliases; and explanations by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import notebook as document
from tests.lab.browser import notebook, open_file, run_all
from tests.lab.conftest import TOKEN, Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = document(
    "import mesh_workbench as m\nfrom mesh_workbench import read as load\nmy_frame = [{'rank_of_it': 1}]\nhow_many = 3",
    "x = 1",
)


def offer(page: Page, cell: Locator, text: str, wanted: str) -> None:
    """Expect `wanted` in the completer, after typing `text` and Tab; the only one that fits is written at once."""
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Tab")
    line = page.locator(".jp-Completer-item", has_text=wanted)
    expect(line.or_(cell.locator(".cm-line", has_text=wanted)).first).to_be_visible()
    page.keyboard.press("Escape")


def test_names_are_completed_without_loading_the_extension(lab: Lab, page: Page) -> None:
    (lab.root / "names.ipynb").write_text(CELLS)
    settings = f"{lab.url}/lab/api/settings/@jupyterlab/completer-extension:manager?token={TOKEN}"
    saved = page.request.put(settings, data={"raw": '{"providerTimeout": 10000}'})
    assert saved.ok, saved.text()
    page.reload()
    page.locator(".jp-Launcher").wait_for()
    open_file(page, "names.ipynb")
    shown = notebook(page)
    run_all(page)
    cell = shown.locator(".jp-CodeCell").nth(1)
    for text, wanted in [
        ("%mesh s", "show"),
        ("%mesh show fl", "flight_ops."),
        ("m.read('f", "fleet."),
        ("load('f", "fleet."),
        ("%%mesh\nSELECT * FROM f", "fleet."),
        ("%%mesh\nSELECT * FROM flight_ops.flights f WHERE f.", "carrier"),
        ("%%mesh\nSELECT * FROM flight_ops.flights WHERE date_t", "date_trunc("),
        ("%%mesh\nSELECT * FROM m", "my_frame"),
        ("%%mesh\nSELECT * FROM my_frame LIMIT $", "$how_many"),
    ]:
        offer(page, cell, text, wanted)


def test_the_name_at_the_cursor_is_explained_by_keyboard(lab: Lab, page: Page) -> None:
    cells = document("%%mesh\nSELECT * FROM flight_ops.flights WHERE carrier")
    (lab.root / "explained.ipynb").write_text(cells)
    open_file(page, "explained.ipynb")
    cell = notebook(page).locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    told = page.locator(".jp-mesh-meaning")
    page.keyboard.press("Control+Shift+Space")
    expect(told).to_contain_text("flight_ops.flights.carrier")
    expect(told).to_contain_text("carrier holds text")
    expect(page.get_by_role("status").filter(has_text="carrier holds text")).to_have_count(1)
    expect(cell.locator(".cm-content")).to_be_focused()

    page.keyboard.press("Control+Shift+Space")
    expect(told).to_be_focused()
    page.keyboard.press("Escape")
    expect(told).to_have_count(0)
    expect(cell.locator(".cm-content")).to_be_focused()
    expect(page.locator(".jp-Notebook:visible")).to_have_class(re.compile("jp-mod-editMode"))

    page.keyboard.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input:visible").fill("Explain the Name")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("flight_ops.flights.carrier")
    page.keyboard.press("ArrowLeft")
    expect(told).to_have_count(0)
