"""The later life of a product in JupyterLab: going back, deprecating, and what waits for approval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.workbench import create_workbench, open_workbench
from tests.builders import notebook
from tests.lab.browser import open_sidebar
from tests.lab.conftest import Lab, jupyterlab, opened
from tests.workbench.lives import reads, released

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLIGHTS = "flight_ops.flights"
ORDERS = "sales.orders"


def orders(words: str) -> PromotionRequest:
    """What pia promotes: a notebook that says `words` in its heading."""
    cells = [f"# {words}", f"limit = {len(words)}", "import mesh_workbench as mesh\nmesh.output('orders', frame)"]
    return PromotionRequest(notebook=notebook(*cells), to=ORDERS, note=words)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab with a product of two releases that another one reads, and a domain that asks for approval."""
    root = tmp_path_factory.mktemp("small") / "mesh"
    bench = create_workbench(root)
    me = bench.identity.name
    world = released(bench)
    world.put({"flights": [{"n": 2}, {"n": 3}]}, mode="replace")
    world.registry.products.change(world.product.id, owner=me)
    reads(bench, "insights.delays", FLIGHTS)
    bench.domains.add(DomainDraft(name="sales"))
    bench.domains.set_role("sales", "pia", Role.PRODUCER)
    bench.products.promote(orders("Orders"))
    bench.domains.set_review("sales", ReviewRule(roles=[Role.DOMAIN_OWNER]))
    bench.close()
    with jupyterlab(root, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def page(small: Lab, browser: Browser) -> Iterator[Page]:
    with opened(browser, small.url) as shown:
        yield shown


def propose(root: Path, words: str) -> None:
    bench = open_workbench(root)
    bench.as_(Identity(name="pia")).reviews.propose(orders(words))
    bench.close()


def open_product(page: Page, small: Lab, name: str) -> None:
    page.goto(f"{small.url}/lab?mesh-product={name}")
    expect(page.locator(".jp-mesh-page h1")).to_have_text(name, timeout=60_000)


def choose(page: Page, entry: str) -> None:
    page.locator(".jp-mesh-page-header").get_by_role("button", name="More").click()
    page.locator(".lm-Menu-item").filter(has_text=entry).click()


def test_going_back_names_what_changes_and_can_itself_be_undone(small: Lab, page: Page) -> None:
    open_product(page, small, FLIGHTS)
    choose(page, "Go Back to an Earlier Release")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Release 3 brings back the data of release 1")
    expect(dialog).to_contain_text("insights.delays")
    expect(dialog.locator("table")).to_contain_text("flights21")
    dialog.get_by_label("Why?").fill("Wrong since yesterday")
    dialog.get_by_role("button", name="Go back").click()
    expect(dialog).to_have_count(0)
    bench = open_workbench(small.root)
    assert bench.products.get(FLIGHTS).release == 3
    assert bench.releases.get(FLIGHTS).restores == 1
    bench.close()


def test_a_product_is_deprecated_with_a_date_and_reinstated(small: Lab, page: Page) -> None:
    open_product(page, small, FLIGHTS)
    choose(page, "Deprecate")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("Replaced.")
    dialog.get_by_label("Until when can it be read?").fill("2099-12-31")
    dialog.get_by_label("What to read instead").fill("sales.nothing")
    dialog.get_by_role("button", name="Deprecate").click()
    expect(dialog).to_contain_text("There is no product sales.nothing")
    dialog.get_by_label("What to read instead").fill("insights.delays")
    dialog.get_by_role("button", name="Deprecate").click()
    expect(dialog).to_have_count(0)
    note = page.locator(".jp-mesh-page .jp-mesh-note").first
    expect(note).to_contain_text("It is deprecated and can be read until 31 Dec 2099")
    expect(note.get_by_role("button", name="Open insights.delays")).to_be_visible()

    choose(page, "Retire")
    expect(dialog).to_contain_text("These products read it: insights.delays")
    expect(dialog.get_by_role("button", name="Retire")).to_be_disabled()
    dialog.get_by_text("Cancel", exact=True).click()

    choose(page, "Reinstate")
    dialog.get_by_label("Why?").fill("Still needed")
    dialog.get_by_role("button", name="Reinstate").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".jp-mesh-page")).not_to_contain_text("It is deprecated")


def test_what_waits_for_me_is_sent_back_and_approved(small: Lab, page: Page) -> None:
    propose(small.root, "Orders of all")
    sidebar = open_sidebar(page)
    page.get_by_role("button", name="Refresh").first.click()
    row = sidebar.get_by_role("treeitem").filter(has_text="1.0.1 by pia")
    row.click()
    review = page.locator(".jp-mesh-review")
    expect(review).to_contain_text("Proposed by pia")
    expect(review).to_contain_text("It needs 1 approval by domain owner; 1 missing.")
    expect(review.locator(".jp-mesh-difference")).to_contain_text("+limit = 13")
    expect(review.get_by_role("button", name="Send back")).to_be_disabled()
    review.get_by_label("Comment").fill("Say which orders")
    review.get_by_role("button", name="Send back").click()
    expect(review).to_contain_text("sent it back")
    expect(review).to_contain_text("Say which orders")
    expect(row).to_have_count(0)

    propose(small.root, "Orders of Europe")
    page.get_by_role("button", name="Refresh").first.click()
    row.click()
    second = page.locator(".jp-mesh-review:visible")
    expect(second).to_contain_text("+limit = 16")
    second.get_by_role("button", name="Approve and promote").click()
    expect(second).to_contain_text("promoted")
    bench = open_workbench(small.root)
    assert bench.products.get(ORDERS).version == "1.0.1"
    assert bench.versions.get(ORDERS).promoted_by == "pia"
    bench.close()
