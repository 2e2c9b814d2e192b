"""What an analyst does with a notebook that was never meant to be run by anybody else, until it is a product."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.builders import notebook as notebook_text
from tests.lab.browser import notebook, open_file

MISTAKES = notebook_text(
    "import mesh_workbench as mesh",
    "month = 1  # month of the year",
    "flights = mesh.read('flight_ops.flights').polars()",
    "busy = flights.filter(pl.col('month') == month).group_by('carrier').len().sort('carrier')",
    "mesh.output('busy_carriers', busy, mode='replace')",
)
"""Its parameter is not marked as one, and the cell that imported Polars is gone."""
RUN_MS = 90_000


@dataclass
class Hand:
    """Clicks, and counts its clicks."""

    clicks: int = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


@dataclass(frozen=True)
class Promoted:
    """What it took, the run included."""

    clicks: int
    seconds: float


def promote_with_two_mistakes(page: Page, root: Path, domain: str) -> Promoted:
    """From the open notebook with two mistakes to an active product `busy_carriers` of `domain` with a schedule."""
    (root / "busy.ipynb").write_text(MISTAKES, encoding="utf-8")
    open_file(page, "busy.ipynb")
    panel = notebook(page)
    began, hand = time.perf_counter(), Hand()

    hand.click(panel.get_by_role("button", name="Promote"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Domain").select_option(domain)
    for fix in ("Tag this cell", "Add import polars as pl"):
        hand.click(dialog.get_by_role("button", name=fix))
        expect(dialog.get_by_role("button", name=fix)).to_have_count(0)
    hand.click(dialog.get_by_role("button", name=re.compile(r"^\d ?Schedule")))
    hand.click(dialog.get_by_role("radio", name="At certain times"))
    hand.click(dialog.get_by_role("button", name=re.compile(r"^\d ?Review")))
    hand.click(dialog.get_by_role("button", name="Promote", exact=True))
    run = dialog.locator(".jp-mesh-run")
    expect(run).to_have_attribute("data-state", "succeeded", timeout=RUN_MS)
    return Promoted(hand.clicks, time.perf_counter() - began)
