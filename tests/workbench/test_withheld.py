"""What a notebook said when it failed may quote rows: only who may read the product sees it, on every door."""

from __future__ import annotations

import pytest

from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Failure, Run, RunRequest, RunState
from mesh_workbench.model.search import SearchRequest
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

SECRET = "maria@example.org"
FAILURE = Failure(
    failure_class="user_code",
    code="run.cell-failed",
    message=f"ValueError: could not convert '{SECRET}' to float",
    hint=f"Look at {SECRET}.",
    cell=2,
    traceback=f"float('{SECRET}')",
)


@pytest.fixture
def failed(bench: LocalWorkbench) -> Run:
    """A failed run, tried twice, of a product that is read on request."""
    text = notebook("import mesh_workbench as mesh\nmesh.output('fares', None)")
    bench.products.promote(PromotionRequest(notebook=text, to="sales.fares"))
    registry = bench.context.registry
    asked = bench.runs.request(RunRequest(product="sales.fares"))
    for attempt in (1, 2):
        claimed = registry.runs.claim("wrk_1", None, 60.0)
        assert claimed is not None
        registry.runs.finish(asked.id, worker_id="wrk_1", attempt=attempt, state=RunState.FAILED, failure=FAILURE)
        if attempt == 1:
            bench.runs.retry(asked.id)
    product = bench.context.product("sales.fares")
    registry.products.update(product.model_copy(update={"access": "on_request"}), expected_revision=product.revision)
    return bench.runs.get(asked.id)


def test_a_stranger_sees_that_a_run_failed_and_where_and_no_more(bench: LocalWorkbench, failed: Run) -> None:
    stranger = bench.as_(Identity(name="stranger"))
    [watched] = stranger.runs.watch(failed.id)
    for seen in (stranger.runs.get(failed.id), stranger.runs.list("sales.fares").items[0], watched):
        assert SECRET not in seen.model_dump_json()
        assert seen.failure is not None
        assert (seen.failure.code, seen.failure.cell) == ("run.cell-failed", 2)
        assert seen.failure.message == "Its notebook failed in cell 3 with ValueError."
        assert (seen.state, len(seen.attempts)) == (RunState.FAILED, 2)


def test_who_may_read_the_product_sees_what_was_said(bench: LocalWorkbench, failed: Run) -> None:
    assert failed.failure == FAILURE
    bench.catalog.grant("sales.fares", "reader", purpose="support")
    assert bench.as_(Identity(name="reader")).runs.get(failed.id).failure == FAILURE


def test_the_catalog_which_everybody_searches_quotes_nothing(bench: LocalWorkbench, failed: Run) -> None:
    page, found = bench.products.get("sales.fares"), bench.catalog.search(SearchRequest(text="fares"))
    assert page.health.reason == "Its notebook failed in cell 3 with ValueError."
    assert SECRET not in page.model_dump_json() + found.model_dump_json()
