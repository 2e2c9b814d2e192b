"""From what a product is made and who uses it, drawn on its page."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.lab.browser import open_product
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPORT = "import mesh_workbench as mesh, polars as pl"
NOTEBOOKS = {
    "orders": notebook(
        IMPORT,
        "mesh.output('orders', pl.DataFrame({'customer': ['a', 'b'], 'amount': [1.0, 2.0], 'note': ['', 'late']}))",
    ),
    "totals": notebook(
        IMPORT,
        "%load_ext mesh_workbench",
        "%%mesh totals\nSELECT customer AS buyer, sum(amount) AS total FROM sales.orders GROUP BY buyer",
        "mesh.output('totals', totals)",
    ),
    "report": notebook(
        IMPORT,
        "frame = mesh.read('sales.totals').pandas()\nmesh.output('report', frame.assign(rank=frame.total.rank()))",
    ),
}


@pytest.fixture(scope="module")
def chain(lab: Lab) -> None:
    """orders → totals (SQL) → report (pandas), published once each; rita read columns of orders and report."""
    bench = open_workbench(lab.root)
    assert isinstance(bench, LocalWorkbench)
    bench.domains.add(DomainDraft(name="sales"))
    for name, text in NOTEBOOKS.items():
        bench.products.promote(PromotionRequest(notebook=text, to=f"sales.{name}"))
        run = bench.runs.request(RunRequest(product=f"sales.{name}"))
        until = time.monotonic() + 90
        while not (run := bench.runs.get(run.id)).state.final:
            assert time.monotonic() < until
            time.sleep(0.2)
        assert run.state is RunState.SUCCEEDED, run.failure
    rita = bench.as_(Identity(name="rita"))
    for statement in ("SELECT customer, amount FROM sales.orders", "SELECT total FROM sales.report"):
        rita.query.sql(QueryRequest(statement=statement, purpose="Monthly review")).reader.read_all()
    bench.context.read_log.flush()
    bench.close()


def box(product: Locator, name: str) -> Locator:
    return product.locator(f"[data-node='{name}']")


@pytest.mark.usefixtures("chain")
def test_products_stand_from_left_to_right_and_the_keyboard_goes_from_one_to_the_next(page: Page) -> None:
    product = open_product(page, "sales.totals", "Lineage")
    expect(product.locator(".jp-mesh-lineage")).to_have_attribute(
        "aria-label", re.compile(r"^sales\.totals is made from 1 and goes into 1 products\.")
    )
    places = [box(product, f"sales.{name}").bounding_box() for name in NOTEBOOKS]
    assert [place["x"] for place in places if place] == sorted(place["x"] for place in places if place)
    expect(product.locator(".jp-mesh-lineage-drawn")).to_have_count(2)
    expect(box(product, "sales.orders")).to_contain_text("release 1")
    expect(box(product, "sales.orders").locator(".jp-mesh-health")).to_have_attribute("data-state", "kept")

    box(product, "sales.totals").get_by_role("button").focus()
    page.keyboard.press("ArrowRight")
    expect(box(product, "sales.report").get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".jp-mesh-product:visible h1")).to_have_text(re.compile("report"))
    expect(page.locator(".jp-mesh-product:visible").get_by_role("tab", selected=True)).to_have_text("Lineage")


@pytest.mark.usefixtures("chain")
def test_one_column_shows_its_ways_and_whom_its_change_would_hit(page: Page) -> None:
    product = open_product(page, "sales.orders", "Lineage")
    product.get_by_role("combobox", name="Column", exact=True).select_option("amount")
    expect(box(product, "sales.totals").locator("li")).to_have_text(["total"])
    expect(product.locator("[data-kind=aggregate][data-confidence=certain]")).to_have_count(1)
    product.get_by_role("button", name="As a list").click()
    rows = product.get_by_role("region", name="Columns and what they are made from").locator("tbody tr")
    expect(rows.first).to_have_text("amount of sales.orderstotal of sales.totalscomputed over groupscertain")

    change = product.get_by_role("region", name="Before you change amount")
    expect(change).to_contain_text("It goes into 2 products. 1 person read it")
    expect(change.get_by_role("region", name="People who read amount")).to_contain_text("rita")

    product.get_by_role("combobox", name="Column", exact=True).select_option("note")
    expect(product).to_contain_text("Nothing is known to be made from note, and it from nothing.")


@pytest.mark.usefixtures("chain")
def test_usage_is_drawn_by_day_and_told_by_consumer_and_column(page: Page) -> None:
    product = open_product(page, "sales.orders", "Usage")
    days = product.get_by_role("region", name="Reads by day")
    chosen = days.get_by_label("Day that is shown exactly")
    expect(chosen).to_have_attribute("aria-valuetext", re.compile(r"· [2-9] reads · 2 readers · "))
    chosen.focus()
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_attribute("aria-valuetext", re.compile(r"· 0 reads$"))

    consumers = product.get_by_role("region", name="Who reads it")
    expect(consumers.get_by_role("row", name=re.compile("rita"))).to_contain_text("Monthly review")
    expect(consumers.get_by_role("button", name="sales.totals")).to_be_visible()
    expect(product.get_by_role("region", name="Which columns are read")).to_contain_text("amount")

    product.get_by_role("combobox", name="In the last").select_option("365")
    expect(chosen).to_have_attribute("max", "365")


@pytest.mark.usefixtures("chain")
def test_columns_that_nobody_reads_are_named(page: Page) -> None:
    product = open_product(page, "sales.report", "Usage")
    expect(product.get_by_role("region", name="Which columns are read").locator("tbody tr")).to_have_count(1)
    expect(product).to_contain_text("Not read by name: buyer, rank")
