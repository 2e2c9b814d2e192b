"""What people are told, in JupyterLab: a notification with what can be done, and a list of what was not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from mesh_workbench.registry import open_registry
from mesh_workbench.settings import load
from mesh_workbench.workbench.identity import system_identity
from tests.lab.browser import open_sidebar
from tests.lab.conftest import Lab
from tests.notices.world import CRASH, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRODUCT = "fleet.airlines"
SOON_MS = 30_000
"""The worker looks every two seconds, the page every ten."""


@pytest.fixture
def world(lab: Lab) -> Iterator[World]:
    """The registry of the lab, in which runs end as the test wants."""
    settings = load(lab.root)
    registry = open_registry(settings.registry_url)
    made = World(registry, settings.registry_url, settings)
    made.tell()
    registry.notices.read(system_identity().name, None)  # whatever other tests left to tell
    yield made
    registry.close()


def test_a_failed_run_is_told_with_what_can_be_done_and_is_read_when_it_is_opened(
    lab: Lab, world: World, page: Page
) -> None:
    sidebar = open_sidebar(page)
    expect(sidebar.get_by_role("treeitem", name="Notices")).to_be_visible()
    expect(sidebar.get_by_role("button", name="Unread notices", exact=True)).to_be_visible()

    run = world.ends(PRODUCT, failure=CRASH)
    toast = page.locator(".Toastify__toast").filter(has_text=f"{PRODUCT} failed.")
    expect(toast).to_contain_text("Its notebook failed in cell 4 with ValueError.", timeout=SOON_MS)
    expect(toast).not_to_contain_text("Ana Ruiz")
    sidebar.get_by_role("button", name="Unread notices: 1").click()
    row = sidebar.locator("[data-kind=notice]").filter(has_text=PRODUCT)
    expect(row).to_have_attribute("data-unread", "true")

    toast.get_by_role("button", name="Open run").click()
    product = page.locator(".jp-mesh-product")
    expect(product.locator(".jp-mesh-run")).to_have_attribute("data-state", "failed")
    expect(row).not_to_have_attribute("data-unread", "true")
    expect(sidebar.get_by_role("button", name="Unread notices", exact=True)).to_be_visible()

    product.get_by_role("button", name="Subscribed").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("You are told because you own the product.")
    dialog.get_by_label("It is well again").uncheck()
    dialog.get_by_role("button", name="Subscribe").click()
    expect(dialog).to_have_count(0)
    world.ends(PRODUCT)
    world.ends("fleet.planes", failure=CRASH)
    expect(page.locator(".Toastify__toast").filter(has_text="fleet.planes failed.")).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".Toastify__toast").filter(has_text=re.compile("is well again"))).to_have_count(0)
    world.ends("fleet.planes")

    page.goto(f"{lab.url}/lab?mesh-product={PRODUCT}&mesh-run={run.id}")
    expect(page.locator(".jp-mesh-run")).to_have_attribute("data-state", "failed", timeout=60_000)
