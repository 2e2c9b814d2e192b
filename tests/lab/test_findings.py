"""Findings of a notebook in the dialog: a button mends each, and undo takes it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.workbench import open_workbench
from tests.builders import notebook as document
from tests.lab.browser import notebook, open_file
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MESSY = document(
    "month = 3\ncarrier = 'UA'",
    "import mesh_workbench as mesh\npassword = 'hunter-2013'  # 🦊",
    "flights = mesh.read('flight_ops.fligths').polars()",
    "mesh.output('late', flights.filter(month=month, carrier=carrier))",
)


def test_two_mistakes_are_mended_with_a_button_each_and_can_be_undone(lab: Lab, page: Page) -> None:
    (lab.root / "messy.ipynb").write_text(MESSY)
    open_file(page, "messy.ipynb")
    panel = notebook(page)
    panel.get_by_role("button", name="Promote").click()
    dialog = page.get_by_role("dialog")
    findings = dialog.locator(".jp-mesh-findings li")
    expect(findings).to_have_count(3)
    dialog.get_by_role("button", name='Replace by mesh.secret("env:PASSWORD")').click()
    expect(findings).to_have_count(2)
    dialog.get_by_role("button", name="Read flight_ops.flights").click()
    expect(findings).to_have_count(1)
    dialog.get_by_role("button", name="Tag this cell").click()
    expect(dialog).to_contain_text("Nothing stands in the way.")

    dialog.get_by_role("button", name="Parameters").click()
    dialog.get_by_role("button", name="Add a preset").click()
    dialog.get_by_label("Name of the preset").fill("summer")
    dialog.get_by_label("month", exact=True).fill("7")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.locator(".jp-mesh-presets")).to_contain_text("summer month = 7")
    dialog.get_by_label("Domain").select_option("insights")
    dialog.get_by_label("Product", exact=True).fill("late_ones")
    dialog.get_by_role("button", name="Schedule").click()
    dialog.get_by_label("At certain times").check()
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_label("Preset", exact=True).select_option("summer")
    expect(dialog.get_by_role("status").get_by_text("month = 7").first).to_be_visible()
    dialog.get_by_role("button", name="Review").click()
    dialog.get_by_label("Run it now").uncheck()
    dialog.get_by_role("button", name="Promote", exact=True).click()
    expect(dialog).to_contain_text("insights.late_ones 1.0.0 is recorded.")
    dialog.get_by_role("button", name="Close").last.click()

    bench = open_workbench(lab.root)
    try:
        version, schedule = bench.versions.get("insights.late_ones"), bench.schedules.get("insights.late_ones")
    finally:
        bench.close()
    assert [spec.name for spec in version.parameters] == ["month", "carrier"]
    assert [(preset.name, preset.values) for preset in version.presets] == [("summer", {"month": 7})]
    assert schedule is not None
    assert (schedule.preset, schedule.parameters) == ("summer", {})

    cells = panel.locator(".jp-CodeCell")
    expect(cells.nth(1)).to_contain_text('password = mesh.secret("env:PASSWORD")  # 🦊')
    expect(cells.nth(2)).to_contain_text("flight_ops.flights")
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('.lm-Menu-item[data-command="notebook:undo-cell-action"]').click()
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('.lm-Menu-item[data-command="notebook:undo-cell-action"]').click()
    expect(cells.nth(2)).to_contain_text("flight_ops.fligths")
    expect(cells.nth(1)).to_contain_text('mesh.secret("env:PASSWORD")')
