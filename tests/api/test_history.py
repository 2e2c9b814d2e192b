"""The history of promises over HTTP: for who may read the product, bounded, and with nothing that a page could run."""

from __future__ import annotations

import pytest

from mesh_workbench.model.base import new_id
from mesh_workbench.model.check import CheckReport, Outcome, PortReport, PromiseResult, PromiseSpec, Verdict
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from tests.api.conftest import flights_notebook

NAME = "flight_ops.watched"
URL = "/products/flight_ops/watched/contract/history"
HOSTILE = "<img src=x onerror=alert(1)>\x00"


@pytest.fixture(scope="module")
def watched(mesh) -> str:
    """A product whose runs were checked three times; it may be read on request only. The id of its last run."""
    ana = mesh.bench.as_(Identity(name="ana"))
    ana.products.promote(PromotionRequest(notebook=flights_notebook(), to=NAME))
    registry = mesh.bench.context.registry
    product = mesh.bench.context.product(NAME)
    registry.products.update(product.model_copy(update={"access": "on_request"}), expected_revision=product.revision)
    spec = PromiseSpec(id="flights.carrier.sql", kind="sql", target="flights.carrier", words="the last carrier")
    for outcome, observed in ((Outcome.PASSED, "UA"), (Outcome.PASSED, "AA"), (Outcome.FAILED, HOSTILE)):
        run = ana.runs.request(RunRequest(product=NAME))
        result = PromiseResult(promise=spec, outcome=outcome, observed=observed)
        port = PortReport(port="flights", contract_blob="", rows=3, results=[result])
        report = {"id": new_id("rep"), "run_id": run.id, "product": NAME, "verdict": Verdict.KEPT}
        registry.reports.add(CheckReport(**report, ports=[port], made=registry.now()))
    return run.id


def test_points_come_check_by_check_with_what_changed_last(ana, watched):
    answer = ana.get(URL).json()
    assert (answer["product"], answer["port"]) == (NAME, "flights")
    assert answer["checks"][-1]["run_id"] == watched
    [one] = answer["promises"]
    assert [point["outcome"] for point in one["points"]] == ["passed", "passed", "failed"]
    assert [change["kind"] for change in answer["changes"]] == ["broken"]
    assert ana.get(URL, params={"promise": "carrier"}).json()["promises"] == answer["promises"]


def test_what_was_observed_is_json_that_no_browser_runs(ana, watched):
    answer = ana.get(URL)
    assert answer.json()["promises"][0]["points"][-1]["observed"] == HOSTILE
    assert answer.headers["content-type"] == "application/json"


def test_who_may_not_read_the_product_does_not_see_what_was_observed(rita, watched):
    refused = rita.get(URL)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.denied")
    assert HOSTILE not in refused.text


def test_how_far_one_may_look_back_is_bounded(ana, watched):
    assert [check["run_id"] for check in ana.get(URL, params={"limit": 1}).json()["checks"]] == [watched]
    for wrong in (0, 101, "all"):
        refused = ana.get(URL, params={"limit": wrong})
        assert (refused.status_code, refused.json()["where"]) == (422, "query.limit")


def test_what_is_not_there_is_not_found(ana, watched):
    for params, code in (({"promise": "carier"}, "contract.no-promise"), ({"port": "fights"}, "port.unknown")):
        refused = ana.get(URL, params=params)
        assert (refused.status_code, refused.json()["code"]) == (404, code)
    assert ana.get("/products/flight_ops/nothing/contract/history").json()["code"] == "product.unknown"


def test_a_product_that_was_never_checked_has_an_empty_history(ana, mesh):
    answer = ana.get("/products/flight_ops/waiting/contract/history").json()
    assert (answer["port"], answer["checks"], answer["promises"], answer["changes"]) == ("flights", [], [], [])
