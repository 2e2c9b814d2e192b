"""Changing a product that others have a say in: proposed, compared, acknowledged, renamed, each in JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract
from tests.builders import notebook as notebook_text
from tests.lab.browser import notebook, open_file, open_sidebar
from tests.lab.conftest import Lab, jupyterlab, opened
from tests.workbench.lives import published, reads, released

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OUTPUT = "import mesh_workbench as mesh\nmesh.output('{}', frame, mode='replace')"
ID: dict[str, object] = {"name": "id", "logicalType": "integer"}
NOTE: dict[str, object] = {"name": "note", "logicalType": "string"}
SEEN_MS = 30_000
"""Pages ask again every few seconds."""


def bookings(*cells: str, note: str = "", **more: object) -> PromotionRequest:
    text = notebook_text("# Bookings", *cells, OUTPUT.format("bookings"))
    return PromotionRequest.model_validate({"notebook": text, "to": "sales.bookings", "note": note, **more})


def tours(*columns: dict[str, object], **more: object) -> PromotionRequest:
    text = notebook_text("# Tours", OUTPUT.format("tours"))
    contracts = {"tours": contract(*columns, name="tours")}
    return PromotionRequest.model_validate({"notebook": text, "to": "guided.tours", "contracts": contracts, **more})


def as_olga(bench: LocalWorkbench) -> LocalWorkbench:
    return bench.as_(Identity(name="olga"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """olga owns `sales`, where I read one of her products, and `reviewed`, where she approves what I promote."""
    root = tmp_path_factory.mktemp("changing") / "mesh"
    bench = create_workbench(root)
    me = bench.identity.name
    for domain in ("sales", "reviewed", "guided", "insights", "logistics"):
        bench.domains.add(DomainDraft(name=domain))
    for domain in ("sales", "reviewed"):
        bench.domains.set_role(domain, "olga", Role.DOMAIN_OWNER)
    bench.domains.set_role("guided", "pia", Role.DOMAIN_OWNER)
    bench.domains.set_review("reviewed", ReviewRule(roles=[Role.DOMAIN_OWNER]))
    text = notebook_text("# Hotels of our guests", "frame = stays", OUTPUT.format("hotels"))
    (root / "hotels.ipynb").write_text(text, encoding="utf-8")

    olga = as_olga(bench)
    first = bookings("limit = 10", contracts={"bookings": contract(ID, NOTE, name="bookings")})
    published(bench, olga.products.promote(first), 1)
    olga.products.promote(bookings("limit = 20", note="More of them"))
    olga.products.promote(bookings("limit = 20", "month = 1", note="Of a month"))
    reader = notebook_text(
        "import mesh_workbench as mesh",
        "%%mesh frame\nSELECT note FROM sales.bookings",
        "mesh.output('notes', frame)",
    )
    bench.products.promote(PromotionRequest(notebook=reader, to="insights.notes"))

    world = released(bench, "logistics.trips")
    world.registry.products.change(world.product.id, owner=me)
    reads(bench, "insights.routes", "logistics.trips")
    stops = released(bench, "logistics.stops")
    stops.registry.products.change(stops.product.id, owner=me)
    for number in (2, 3):
        stops.put({"flights": [{"n": number}]}, mode="replace")
    bench.close()
    settings = root / "mesh.toml"
    settings.write_text("release_days = 1e-9\nreleases_kept = 2\n" + settings.read_text(), encoding="utf-8")
    with jupyterlab(root, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def bench(small: Lab) -> Iterator[LocalWorkbench]:
    opened_one = open_workbench(small.root)
    yield opened_one
    opened_one.close()


@pytest.fixture
def page(small: Lab, browser: Browser) -> Iterator[Page]:
    with opened(browser, small.url) as shown:
        yield shown


def show(page: Page, small: Lab, name: str) -> Locator:
    page.goto(f"{small.url}/lab?mesh-product={name}")
    shown = page.locator(".jp-mesh-page:visible")
    expect(shown.locator("h1")).to_be_visible(timeout=60_000)
    return shown


def propose(page: Page) -> Locator:
    """Go through the dialog of the notebook in view to the page of what was proposed."""
    notebook(page).get_by_role("button", name="Promote").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Domain").select_option("reviewed")
    dialog.get_by_role("button", name="6 Review").click()
    expect(dialog).to_contain_text("waits for 1 approval by domain owner")
    dialog.get_by_role("button", name="Propose", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("reviewed.hotels 1.0.0 is proposed.")
    dialog.get_by_role("button", name="Open the proposal").click()
    expect(dialog).to_have_count(0)
    return page.locator(".jp-mesh-review:visible")


def test_what_i_promote_waits_for_another_person_and_the_page_shows_what_they_say(
    small: Lab, page: Page, bench: LocalWorkbench
) -> None:
    open_file(page, "hotels.ipynb")
    review = propose(page)
    expect(review).to_contain_text("You proposed it, and nobody decides about own work.")
    expect(review.get_by_label("Decide")).to_have_count(0)
    review.get_by_role("button", name="Open the product").click()
    product = page.locator(".jp-mesh-page:visible:not(.jp-mesh-review)")
    product.get_by_role("tab", name="Versions").click()
    expect(product).to_contain_text("Version 1.0.0 is proposed by")
    product.get_by_role("button", name="Open the proposal").click()
    expect(review).to_contain_text("frame = stays")
    tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tab")
    tabs.filter(has_text="hotels.ipynb").click()
    [first] = bench.reviews.list().items
    as_olga(bench).reviews.send_back(first.id, comment="Which guests?")
    tabs.filter(has_text="Review of reviewed.hotels").click()
    expect(review).to_contain_text("olga sent it back")
    expect(review).to_contain_text("Which guests?")
    expect(review.get_by_role("button", name="Withdraw")).to_have_count(0)

    tabs.filter(has_text="hotels.ipynb").click()
    review = propose(page)
    second = bench.reviews.list().items[0]
    as_olga(bench).reviews.approve(second.id, comment="Good now")
    expect(review).to_contain_text("olga approved", timeout=SEEN_MS)
    expect(review.locator("[data-state=promoted]")).to_be_visible()
    review.get_by_role("button", name="Open the product").click()
    expect(product.locator("h1")).to_have_text("reviewed.hotels")
    expect(product.locator("[data-status]")).to_contain_text("1.0.0")


def test_any_two_versions_are_compared(small: Lab, page: Page) -> None:
    product = show(page, small, "sales.bookings")
    product.get_by_role("tab", name="Versions").click()
    product.get_by_role("button", name="Compare 1.0.2 with 1.0.1").click()
    compared = product.locator(".jp-mesh-compared")
    expect(compared.get_by_role("heading", name="What differs")).to_be_focused()
    expect(compared).to_contain_text("Cell 3 is new")
    expect(compared.locator("ins")).to_have_text("+month = 1\n")
    compared.get_by_label("Version before").select_option("1.0.0")
    expect(compared.locator("ins").filter(has_text="limit")).to_have_text("+limit = 20\n")
    expect(compared.locator("del")).to_have_text("-limit = 10\n")
    compared.get_by_label("Version after").select_option("1.0.0")
    expect(compared).to_contain_text("Nothing differs.")
    compared.get_by_role("button", name="Close").click()
    expect(compared).to_have_count(0)


def test_a_consumer_acknowledges_what_a_change_breaks(small: Lab, page: Page, bench: LocalWorkbench) -> None:
    sidebar = open_sidebar(page)
    expect(sidebar.locator("[data-kind=notice]").or_(sidebar.get_by_text("Nothing to tell you.")).first).to_be_visible()
    without = bookings("limit = 20", "month = 1", contracts={"bookings": contract(ID, name="bookings")})
    as_olga(bench).changes.announce(without)
    toast = page.locator(".Toastify__toast").filter(has_text="sales.bookings breaks what you use.")
    expect(toast).to_contain_text("column note is gone", timeout=SEEN_MS)
    toast.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("You acknowledged version 2.0.0 of sales.bookings.")).to_be_visible()
    [change] = bench.changes.list("sales.bookings").items
    [consumer] = change.consumers
    assert consumer.acknowledged is not None
    assert (consumer.name, consumer.acknowledged.by) == ("insights.notes", bench.identity.name)
    assert as_olga(bench).products.promote(without).version.version == "2.0.0"


def test_the_date_of_an_older_major_version_is_moved(small: Lab, page: Page, bench: LocalWorkbench) -> None:
    if bench.products.get("sales.bookings").version != "2.0.0":  # the test before was left out
        without = bookings(
            "limit = 20", contracts={"bookings": contract(ID, name="bookings")}, override="It is agreed."
        )
        as_olga(bench).products.promote(without)
    product = show(page, small, "sales.bookings")
    product.get_by_role("tab", name="Versions").click()
    product.get_by_role("button", name="Move the date until which sales.bookings@1 can be read").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("Two need longer")
    expect(dialog.get_by_role("button", name="Move the date")).to_be_disabled()
    dialog.get_by_label("Until when can it be read?").fill("2999-01-01")
    dialog.get_by_role("button", name="Move the date").click()
    expect(dialog).to_have_count(0)
    expect(product.locator("tr[data-version='1.0.2']")).to_contain_text("Read as sales.bookings@1 until 2999-01-01")
    [old] = bench.products.get("sales.bookings").majors
    assert (old.until, old.reason) == (datetime(2999, 1, 1, tzinfo=UTC), "Two need longer")


def test_who_approves_sees_whom_it_breaks(small: Lab, page: Page, bench: LocalWorkbench) -> None:
    pia = bench.as_(Identity(name="pia"))
    published(bench, pia.products.promote(tours(ID, NOTE)), 1)
    reads(bench, "insights.guides", "guided.tours")
    bench.domains.set_review("guided", ReviewRule(roles=[Role.DOMAIN_OWNER]))
    pia.reviews.propose(tours(ID, override="They agreed by phone."))
    show(page, small, "guided.tours").get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Open the proposal").click()
    review = page.locator(".jp-mesh-review:visible")
    expect(review.get_by_role("region", name="Consumers")).to_contain_text("insights.guides")
    expect(review).to_contain_text("0 of 1 acknowledged")


def test_a_release_that_retention_removed_says_so_and_why(small: Lab, page: Page, bench: LocalWorkbench) -> None:
    bench.house.tidy()
    product = show(page, small, "logistics.stops")
    product.get_by_role("tab", name="Versions").click()
    releases = product.get_by_role("region", name="Releases")
    gone = releases.locator("tr[data-release='1']")
    expect(gone.locator("[data-removed]")).to_have_text("removed")
    expect(gone).to_contain_text("after the next one. It can no longer be read.")
    expect(releases.locator("tr[data-release='3']")).to_contain_text("1 row · it is read now")
    expect(releases.locator("tr[data-release='2'] [data-removed]")).to_have_count(0)
    product.get_by_role("button", name="More").click()
    page.locator(".lm-Menu-item").filter(has_text="Go Back to an Earlier Release").click()
    choices = page.get_by_role("dialog").get_by_label("What to bring back").locator("option")
    expect(choices.filter(has_text="Release 2")).to_have_count(1)
    expect(choices.filter(has_text="Release 1")).to_have_count(0)


def test_a_product_is_moved_and_its_former_name_leads_to_it(small: Lab, page: Page, bench: LocalWorkbench) -> None:
    product = show(page, small, "logistics.trips")
    product.get_by_role("button", name="More").click()
    page.locator(".lm-Menu-item").filter(has_text="Rename or Move").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("New name").fill("nowhere.journeys")
    dialog.get_by_label("Why?").fill("They own it now")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no domain 'nowhere'")
    dialog.get_by_label("New name").fill("insights.journeys")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".jp-mesh-page:visible h1")).to_have_text("insights.journeys")
    expect(page.locator(".lm-TabBar-tab").filter(has_text="logistics.trips")).to_have_count(0)

    product = show(page, small, "logistics.trips")
    expect(product.locator("h1")).to_have_text("insights.journeys")
    product.get_by_role("tab", name="Data").click()
    expect(product.locator(".jp-mesh-data tbody tr")).to_have_count(1)
    assert bench.products.get("logistics.trips").full_name == "insights.journeys"
