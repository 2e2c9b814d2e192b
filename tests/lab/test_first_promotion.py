"""Promotion at the first try, from a notebook that is not ready for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from mesh_workbench.model.product import ProductStatus
from mesh_workbench.workbench import open_workbench
from tests.lab.conftest import Lab
from tests.lab.first_promotion import promote_with_two_mistakes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_CLICKS = 8


def test_a_notebook_with_two_mistakes_is_an_active_scheduled_product_after_few_clicks(lab: Lab, page: Page) -> None:
    taken = promote_with_two_mistakes(page, lab.root, "insights")
    assert taken.clicks <= MOST_CLICKS
    bench = open_workbench(lab.root)
    try:
        product = bench.products.get("insights.busy_carriers")
        assert product.status is ProductStatus.ACTIVE
        assert product.schedule is not None
        assert product.schedule.next_fire is not None
        newest = bench.versions.get("insights.busy_carriers")
        assert [parameter.name for parameter in newest.parameters] == ["month"]
    finally:
        bench.close()
