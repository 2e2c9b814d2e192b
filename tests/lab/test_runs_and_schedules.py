"""What changed from run to run, drawn on a product's page; and when products run by themselves, said in forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.model.check import Outcome
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests import records
from tests.lab.browser import open_product, open_sidebar
from tests.lab.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEASURED, SCHEDULED = "network.airports", "fleet.planes"


@pytest.fixture
def bench(lab: Lab) -> Iterator[LocalWorkbench]:
    opened = open_workbench(lab.root)
    assert isinstance(opened, LocalWorkbench)
    yield opened
    opened.close()


@pytest.fixture
def failed(bench: LocalWorkbench) -> Run:
    """A product that ran twice more: one run broke the contract, the next one went well."""
    registry = bench.context.registry
    version = registry.versions.newest(bench.context.product(MEASURED).id)
    assert version is not None

    def ended(state: RunState, hour: int, rows: int, checks: dict[Outcome, int]) -> Run:
        moment = registry.now() + timedelta(hours=hour)
        about = {"created": moment, "started": moment, "finished": moment + timedelta(seconds=83), "state": state}
        return registry.runs.add(
            records.run(version, rows={"airports": rows}, bytes={"airports": rows * 100}, checks=checks, **about)
        )

    breached = ended(RunState.FAILED, 1, 1200, {Outcome.PASSED: 20, Outcome.FAILED: 2})
    ended(RunState.SUCCEEDED, 2, 1500, {Outcome.PASSED: 22})
    return breached


def test_figures_of_runs_are_drawn_read_by_keyboard_and_told_in_a_table(page: Page, failed: Run) -> None:
    product = open_product(page, MEASURED)
    product.get_by_role("tab", name="Runs").click()
    series = product.get_by_role("region", name="From run to run")
    expect(series.locator(".jp-mesh-series-plot")).to_have_count(4)
    expect(series.locator("[data-state=failed]:is(path)")).to_have_count(4)
    chosen = series.get_by_label("Run that is shown exactly")
    expect(chosen).to_have_attribute("aria-valuetext", re.compile(r"^Succeeded · .*1,500 rows · 150 kB.*Kept 22$"))

    chosen.focus()
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_attribute("aria-valuetext", re.compile(r"^Failed · .*1,200 rows.*1 min 23 s.*Broken 2$"))
    expect(series).to_contain_text("20 of 22 kept")
    series.get_by_role("button", name="As a table").click()
    rows = series.get_by_role("region", name="Figures of the runs").locator("tbody tr")
    expect(rows.first).to_contain_text("1,500")
    expect(rows.nth(1).get_by_role("cell").last).to_have_text("2")

    chosen.focus()
    page.keyboard.press("Enter")
    expect(product.locator(".jp-mesh-run")).to_have_attribute("data-run", failed.id)


def test_a_product_is_scheduled_paused_and_resumed_on_its_page(page: Page, bench: LocalWorkbench) -> None:
    product = open_product(page, SCHEDULED)
    product.get_by_role("button", name="Schedule…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("After new data of what it reads")).to_be_disabled()
    dialog.get_by_label("At certain times").check()
    dialog.get_by_label("Cron fields").fill("0 25 * * *")
    expect(dialog.get_by_role("alert")).to_contain_text("its hour is wrong")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()

    dialog.get_by_label("Every so often").check()
    dialog.get_by_role("button", name="every day", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Europe/Madrid")
    expect(dialog.get_by_role("status").get_by_role("listitem")).to_have_count(3)
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_label("landing").fill("in/{slot.start:%Y}")
    dialog.get_by_label("While the run before goes on").select_option("skip")
    dialog.get_by_label("Too late after", exact=True).fill("2")
    dialog.get_by_label("Unit of: Too late after").select_option("hour")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"landing = in/20\d\d"))
    dialog.get_by_role("button", name="Save").click()
    expect(product).to_contain_text(re.compile(r"Every day.*Next: (in|tomorrow)"))
    kept = bench.schedules.get(SCHEDULED)
    assert kept is not None
    assert (kept.every, kept.grace, kept.overlap, kept.timezone) == ("P1D", "PT2H", "skip", "Europe/Madrid")

    product.get_by_role("button", name="Pause…").click()
    dialog.get_by_label("Why? Others will see it.").fill("The source moves.")
    dialog.get_by_label("Until").fill("2001-01-05T09:00")
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog.get_by_role("alert")).to_contain_text("which is over")
    expect(dialog.get_by_role("button", name="Pause")).to_be_focused()
    dialog.get_by_label("Until").fill("2099-01-05T09:00")
    dialog.get_by_role("button", name="Pause").click()
    expect(product).to_contain_text(f"{SCHEDULED} is paused, and goes on in")
    product.get_by_role("button", name="Resume").click()
    expect(product).not_to_contain_text("is paused")

    product.get_by_role("button", name="Change…").click()
    dialog.get_by_label("It runs when somebody asks for it").check()
    dialog.get_by_role("button", name="Remove the schedule").click()
    expect(product).to_contain_text("It runs when somebody asks for it.")
    assert bench.schedules.get(SCHEDULED) is None


def test_a_whole_domain_is_paused_and_watched_from_its_menu_in_the_sidebar(page: Page, bench: LocalWorkbench) -> None:
    sidebar = open_sidebar(page)
    domain = sidebar.locator("[data-kind=domain]").filter(has_text="network")
    domain.focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Pause All Its Schedules…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why? Others will see it.").fill("Holidays.")
    dialog.get_by_role("button", name="Pause").click()
    expect(domain).to_contain_text("paused")
    pause = bench.domains.get("network").pause
    assert pause is not None
    assert pause.reason == "Holidays."
    domain.focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Resume Its Schedules").click()
    expect(domain).not_to_contain_text("paused")

    domain.focus()
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Be Told About It…").click()
    dialog.get_by_label("It is well again").uncheck()
    dialog.get_by_role("button", name="Subscribe").click()
    expect(dialog).to_have_count(0)
    [subscription] = [one for one in bench.notices.subscriptions() if one.target == "network"]
    assert set(NoticeKind) - set(subscription.events) == {NoticeKind.RECOVERED}


def test_the_last_known_tree_stays_when_the_server_does_not_answer(page: Page) -> None:
    sidebar = open_sidebar(page)
    domain = sidebar.locator("[data-kind=domain]").filter(has_text="network")
    domain.wait_for()
    page.route("**/mesh-workbench/api/**", lambda route: route.abort())
    sidebar.get_by_role("button", name="Refresh").click()
    expect(sidebar.get_by_role("alert").first).to_contain_text("The Jupyter server does not answer.")
    expect(domain).to_be_visible()
    page.unroute("**/mesh-workbench/api/**")
    sidebar.get_by_role("button", name="Try again").first.click()
    expect(sidebar.get_by_role("alert")).to_have_count(0)
