"""The way of a data product through JupyterLab, as a person goes it."""

from __future__ import annotations

import io
import re
import zipfile

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from mesh_workbench.cli.demo_landing import BROKEN, source
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.workbench import open_workbench
from tests.lab.browser import edit_cell, notebook, open_file, open_sidebar, run_all
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRODUCT = "insights.daily_delays"
RUN_MS = 90_000


def test_mesh_lab_shows_the_catalog_at_once(page: Page) -> None:
    sidebar = page.locator(".jp-mesh-sidebar")
    expect(sidebar).to_be_visible()
    expect(sidebar.get_by_role("treeitem").first).to_be_visible()


def test_a_notebook_becomes_a_product_that_another_notebook_reads(lab: Lab, page: Page) -> None:
    _find_and_look(page)

    open_file(page, "notebooks/aggregate/daily_delays.ipynb")
    panel = notebook(page)
    run_all(page)
    expect(panel.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
    _promote(page, panel)

    _query_elsewhere(page)

    assert _version(lab).folder == "notebooks/aggregate"
    delays = _table_as_others_read_it(lab)
    january = _source_flights().filter(pl.col("month") == 1)
    assert delays["flights"].sum() == january.height
    assert delays["cancelled"].sum() == january["dep_time"].null_count()
    assert delays.height == january.select("year", "month", "day", "carrier").n_unique()


def test_bad_data_is_refused_and_the_last_good_release_stays(lab: Lab, page: Page) -> None:
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill("flights")
    page.keyboard.press("Enter")
    product = page.locator(".jp-mesh-product")
    product.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A moment in the slot to run").fill("2013-12-15T12:00")
    dialog.get_by_label("landing").fill(str(lab.root / "landing" / BROKEN))
    dialog.get_by_role("button", name="Run", exact=True).click()

    run = product.locator(".jp-mesh-run")
    expect(run).to_have_attribute("data-state", "failed", timeout=RUN_MS)
    expect(run).to_contain_text("The contract was not kept; nothing was published")
    expect(run.locator(".jp-mesh-promises [data-outcome='failed']").first).to_be_visible()
    run.get_by_text(re.compile(r"^Show \d+( of \d+)? failing rows?$")).first.click()
    expect(run.locator(".jp-mesh-data tbody tr").first).to_be_visible()

    product.get_by_role("tab", name=re.compile("^Contract")).click()
    expect(product).to_contain_text("broke the contract and was not published. Release 1 stays.")
    bench = open_workbench(lab.root)
    try:
        assert bench.releases.get("flight_ops.flights").number == 1
    finally:
        bench.close()


def test_a_range_of_slots_is_computed_from_the_page_and_each_has_its_square(lab: Lab, page: Page) -> None:
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill("flights")
    sidebar.get_by_role("treeitem", name=re.compile("flight_ops.flights")).dblclick()
    product = page.locator(".jp-mesh-product")
    product.get_by_role("tab", name="Runs").click()
    product.get_by_role("button", name="Backfill…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").fill("2013-02-02T00:00")
    dialog.get_by_label("To", exact=True).fill("2013-02-03T00:00")
    expect(dialog).to_contain_text(re.compile(r"1 slot would run: (1 Feb|Feb 1,) 2013"))
    dialog.get_by_role("button", name="Compute 1 slot").click()
    expect(product.locator(".jp-mesh-backfill")).to_contain_text("Backfill: 0 of 1 slots")
    square = product.get_by_role("button", name=re.compile(r"^(1 Feb|Feb 1,) 2013.*Succeeded\. The backfill bkf_"))
    expect(square).to_be_visible(timeout=RUN_MS)
    expect(product.locator(".jp-mesh-backfill")).to_have_count(0)

    square.click()
    product.get_by_role("button", name="Read as a page").click()
    frame = page.frame_locator(".jp-mesh-run-page iframe")
    expect(frame.get_by_role("heading", name=re.compile("^flight_ops.flights"))).to_be_visible()
    expect(frame.get_by_text("Every departure from New York")).to_be_visible()


def _find_and_look(page: Page) -> None:
    """Find a product by a column's name, and look at every part of its page."""
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill("sched_dep_time")
    found = sidebar.get_by_role("treeitem", name=re.compile("flight_ops.flights"))
    found.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    product = page.locator(".jp-mesh-product")
    expect(product.get_by_role("heading", level=1)).to_contain_text("flight_ops.flights")
    product.get_by_role("tab", name=re.compile("^Schema")).click()
    expect(product.get_by_role("rowheader", name="tailnum")).to_be_visible()
    product.get_by_role("tab", name="Data").click()
    expect(product).to_contain_text("First 200 of 27,004 rows")
    product.get_by_role("tab", name=re.compile("^Contract")).click()
    expect(product).to_contain_text(re.compile(r"\d+ of \d+ promises kept"))
    product.get_by_role("tab", name="Runs").click()
    expect(product.locator("tr[data-run]")).to_contain_text("Succeeded")


def _promote(page: Page, panel: Locator) -> None:
    """Press the button in the notebook's toolbar, go through the steps, watch the run turn green."""
    panel.get_by_role("button", name="Promote").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Domain").select_option("insights")
    expect(dialog.get_by_label("Product", exact=True)).to_have_value("daily_delays")
    expect(dialog.locator(".jp-mesh-target-version")).to_have_text("becomes 1.0.0")
    for _ in range(2):
        dialog.get_by_role("button", name="Next").click()
    proposed = dialog.get_by_role("row").filter(has_text="flights is never empty")
    expect(proposed).to_contain_text(re.compile(r"(very likely|almost certain).*no nulls in \d+ rows"))
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Try it in a clean kernel").click()
    checks = dialog.get_by_role("list", name="Checklist").locator("li[data-check]")
    expect(checks).to_have_count(5, timeout=RUN_MS)
    expect(checks.filter(has_text="It runs from top to bottom")).to_have_attribute("data-outcome", "passed")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_label("At certain times").check()
    dialog.get_by_role("button", name="on the first of each month").click()
    dialog.get_by_role("button", name="Next").click()
    expect(
        dialog.get_by_role("status").filter(has_text="first day of every month").get_by_role("listitem")
    ).to_have_count(3)
    told = dialog.get_by_role("region", name="Who is told when something is wrong").get_by_role("listitem")
    expect(told).to_have_text([re.compile("owner of the product")])
    dialog.get_by_role("button", name="Schedule").click()
    dialog.get_by_label("It runs when somebody asks for it").check()
    dialog.get_by_role("button", name="Review").click()
    dialog.get_by_role("button", name="Promote", exact=True).click()
    run = dialog.locator(".jp-mesh-run")
    expect(run).to_have_attribute("data-state", "succeeded", timeout=RUN_MS)
    expect(run).to_contain_text("Published as release 1.")
    dialog.get_by_role("button", name="Close").last.click()
    expect(panel.get_by_role("button", name="Up to date with 1.0.0")).to_be_visible()


def _query_elsewhere(page: Page) -> None:
    """Insert a query of the new product into a new notebook, and see its rows."""
    page.locator(".lm-DockPanel-tabBar").get_by_role("tab", name="Launcher").click()
    page.locator(".jp-LauncherCard[data-category='Notebook']").first.click()
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for()
    panel = notebook(page)
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill("daily_delays")
    sidebar.get_by_role("treeitem", name=re.compile(PRODUCT)).wait_for()
    page.keyboard.press("Alt+Enter")
    query = panel.locator(".jp-CodeCell").filter(has_text="%%mesh")
    expect(query).to_have_count(1)
    edit_cell(page, query, f"%%mesh\nSELECT sum(flights) AS n FROM {PRODUCT}")
    run_all(page)
    expect(query.locator(".jp-OutputArea")).to_contain_text(re.compile("27,?004"))


def _version(lab: Lab) -> ProductVersion:
    bench = open_workbench(lab.root)
    try:
        return bench.versions.get(PRODUCT)
    finally:
        bench.close()


def _table_as_others_read_it(lab: Lab) -> pl.DataFrame:
    """The product's Delta table, read by Polars alone."""
    bench = open_workbench(lab.root)
    try:
        (port,) = bench.query.resolve([PRODUCT])
        return pl.read_delta(port.table)
    finally:
        bench.close()


def _source_flights() -> pl.DataFrame:
    with zipfile.ZipFile(source() / "flights.csv.zip") as archive:
        return pl.read_csv(io.BytesIO(archive.read("flights.csv")), null_values="NA", infer_schema_length=None)
