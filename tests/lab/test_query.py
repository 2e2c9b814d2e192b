"""Questions in a notebook of JupyterLab: what an answer looks like, and a long one that is stopped."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.builders import notebook as document
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = document(
    "%load_ext mesh_workbench\nwatch = [{'carrier': 'UA', 'seen': None}, {'carrier': 'AA', 'seen': 'NULL'}]",
    "%%mesh\nSELECT carrier, seen, count(*) AS flights FROM flight_ops.flights JOIN watch USING (carrier) GROUP BY ALL",
    "%mesh profile flight_ops.flights",
    "%%mesh\nSELECT carier FROM flight_ops.flights",
    "%%mesh\nSELECT count(*) FROM range(1000000000000) t(x) WHERE x % 7 = random()",
    "%mesh sql SELECT 42 AS answer",
)


def test_answers_are_shown_and_a_long_query_is_stopped_by_the_button(lab: Lab, page: Page) -> None:
    (lab.root / "questions.ipynb").write_text(CELLS)
    open_file(page, "questions.ipynb")
    panel = notebook(page)
    cells = panel.locator(".jp-CodeCell")
    cells.first.locator(".cm-content").click()
    for _ in range(5):
        page.keyboard.press("Shift+Enter")

    table = cells.nth(1).locator(".mesh-result")
    expect(table).to_contain_text("your frame watch (2 rows)", timeout=60_000)
    expect(table.locator("th").first).to_have_text(re.compile("carrier.*varchar"))
    expect(table.locator("td.z")).to_have_text("null")
    expect(table).to_contain_text('"NULL"')
    expect(cells.nth(2).locator(".mesh-result")).to_contain_text("distinct values are estimated", timeout=60_000)
    expect(cells.nth(3)).to_contain_text("Did you mean carrier?")
    expect(cells.nth(3)).not_to_contain_text("Traceback")

    # The error stopped what was queued behind it.
    cells.nth(4).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cells.nth(4).locator("progress")).to_be_visible(timeout=15_000)
    began = time.perf_counter()
    panel.locator(
        'jp-button[data-command="notebook:interrupt-kernel"], [data-jp-item-name="interrupt"] jp-button'
    ).first.click()
    expect(cells.nth(4)).to_contain_text("Interrupted. Nothing was changed.")
    print(f"stopped and drawn within {time.perf_counter() - began:.2f} s")
    expect(cells.nth(4)).to_contain_text("interrupted after")
    expect(cells.nth(4).locator("progress")).to_have_count(0)
    cells.nth(5).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cells.nth(5)).to_contain_text("42")
