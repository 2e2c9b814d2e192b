"""The history of promises on a product's page: drawn, in words, as a table, and on to the run and its failing rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from mesh_workbench.model.base import new_id
from mesh_workbench.model.check import CheckReport, Outcome, PromiseResult, Verdict
from mesh_workbench.workbench import open_workbench
from tests.lab.browser import open_sidebar
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRODUCT = "fleet.airlines"
PROMISE = "airlines.carrier.required"
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture
def watched(lab: Lab) -> str:
    """A product whose last three checks kept a promise, kept it, and broke it; the id of the run that was checked."""
    bench = open_workbench(lab.root)
    try:
        reports = bench.context.registry.reports
        product = bench.context.product(PRODUCT)
        [(past, kept), *_] = reports.last(product.id)
        for outcome in (Outcome.PASSED, Outcome.FAILED):
            reports.add(_with(kept, outcome))
        return past.run_id
    finally:
        bench.close()


def _with(report: CheckReport, outcome: Outcome) -> CheckReport:
    """`report` made anew, with another outcome of one promise."""

    def result(one: PromiseResult) -> PromiseResult:
        if one.promise.id != PROMISE or outcome is Outcome.PASSED:
            return one
        sample = [{"carrier": None, "name": HOSTILE}, {"carrier": None, "name": "Nobody Air"}]
        seen = {"observed": 30, "failing_rows": 30, "rows": 46, "sample": sample}
        return one.model_copy(update={"outcome": outcome, "reason": "30 of 46 rows (65.2 %).", **seen})

    ports = [port.model_copy(update={"results": [result(one) for one in port.results]}) for port in report.ports]
    verdict = Verdict.BREACHED if outcome is Outcome.FAILED else report.verdict
    return report.model_copy(update={"id": new_id("rep"), "verdict": verdict, "ports": ports})


def test_a_broken_promise_shows_its_history_what_changed_and_its_rows(page: Page, watched: str) -> None:
    product = _contract_of(page)
    expect(product.locator(".jp-mesh-changes summary")).to_contain_text("1 newly broken")
    line = product.locator(f'[data-promise="{PROMISE}"]')
    history = line.get_by_role("button", name=re.compile(r"History of: .*\. 3 checks\. Kept: 2, Broken: 1\."))
    expect(history).to_have_attribute("aria-expanded", "false")
    expect(history.locator("title").last).to_contain_text("Broken")

    line.get_by_text("Show 2 of 30 failing rows").click()
    expect(line.get_by_role("cell", name=HOSTILE)).to_be_visible()
    expect(line.locator("img")).to_have_count(0)
    expect(line).to_contain_text(f'mesh.quarantine("{watched}")')

    history.focus()
    page.keyboard.press("Enter")
    rows = line.get_by_role("region", name=re.compile("^History of")).locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("30 (65.2%)")
    rows.last.get_by_role("button").click()
    expect(product.locator(".jp-mesh-run")).to_have_attribute("data-run", watched)


def _contract_of(page: Page) -> Locator:
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill(PRODUCT)
    sidebar.get_by_role("treeitem", name=re.compile(PRODUCT)).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    product = page.locator(".jp-mesh-product")
    product.get_by_role("tab", name=re.compile("^Contract")).click()
    return product
