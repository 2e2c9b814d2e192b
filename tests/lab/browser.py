"""A Chromium to drive, and what people do with JupyterLab in it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of the machine, else the one that Playwright keeps; skips without, except in CI."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        except Error as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no Chromium to drive: {error.message.splitlines()[0]}")
        try:
            yield browser
        finally:
            browser.close()


def open_sidebar(page: Page) -> Locator:
    """The sidebar of the mesh, opened by its tab."""
    sidebar = page.locator("#mesh-sidebar")
    if not sidebar.is_visible():
        page.locator('.lm-TabBar-tab[data-id="mesh-sidebar"]').click()
    sidebar.wait_for()
    return sidebar


def open_product(page: Page, name: str, tab: str | None = None) -> Locator:
    """The page of a product, found by its name, at one of its tabs."""
    sidebar = open_sidebar(page)
    sidebar.get_by_label("Search products, columns, owners").fill(name)
    sidebar.get_by_role("treeitem", name=re.compile(re.escape(name))).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    product = page.locator(".jp-mesh-product:visible")
    product.wait_for()
    if tab:
        product.get_by_role("tab", name=tab).click()
    return product


def open_file(page: Page, path: str) -> None:
    """Open a file of the server by its path, as File ▸ Open from Path does."""
    page.keyboard.press("Escape")
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.locator('.lm-Menu-item[data-command="filebrowser:open-path"]').click()
    page.locator(".jp-Dialog input").fill(path)
    page.keyboard.press("Enter")
    page.locator(".jp-Dialog").wait_for(state="detached")


def notebook(page: Page) -> Locator:
    """The notebook in front, once its kernel is there."""
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.wait_for()
    _kernel_rests(page)
    return panel


def run_all(page: Page) -> None:
    """Run ▸ Run All Cells, and wait until every code cell has its number."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    prompts = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt")
    expect(prompts.filter(has_text=re.compile(r"\[[ *]\]"))).to_have_count(0, timeout=90_000)
    _kernel_rests(page)


def _kernel_rests(page: Page) -> None:
    """Wait for the status bar to call the kernel idle; the notebook's own sign is drawn before there is a kernel."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile(r"\| Idle"), timeout=60_000)


def edit_cell(page: Page, cell: Locator, text: str) -> None:
    """Replace what a cell says, as typing would."""
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
