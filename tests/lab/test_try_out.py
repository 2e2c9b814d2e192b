"""A notebook that misses a file is tried out in the promote dialog, mended with one click, and tried again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.builders import notebook as notebook_text
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MISSES_A_FILE = notebook_text(
    "import json\nimport mesh_workbench as mesh",
    "name = json.loads('\"tariffs.csv\"')\nlines = open(name).read().split()",
    "mesh.output('tariffs', [{'line': line} for line in lines])",
)
RUN_MS = 60_000


def test_what_only_shows_in_a_clean_kernel_is_mended_with_one_click(lab: Lab, page: Page) -> None:
    (lab.root / "tariffs.csv").write_text("a\nb\n", encoding="utf-8")
    (lab.root / "tariffs.ipynb").write_text(MISSES_A_FILE, encoding="utf-8")
    open_file(page, "tariffs.ipynb")
    notebook(page).get_by_role("button", name="Promote").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Try it out").click()
    dialog.get_by_role("button", name="Try it in a clean kernel").click()
    expect(dialog.get_by_role("button", name="Stop")).to_be_visible()
    checks = dialog.get_by_role("list", name="Checklist").locator("li[data-check]")
    failing = checks.filter(has_text="It fails in cell 2.")
    expect(failing).to_have_attribute("data-outcome", "failed", timeout=RUN_MS)
    expect(failing).to_contain_text("(cell 2, line 2)")
    failing.get_by_role("button", name="Package this file").click()
    expect(checks.filter(has_text="It runs from top to bottom")).to_have_attribute(
        "data-outcome", "passed", timeout=RUN_MS
    )
    expect(checks.filter(has_text="It produces tariffs (2 rows)")).to_have_attribute("data-outcome", "passed")
