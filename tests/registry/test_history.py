"""Reports of a product are found again, the last ones first, however many there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from mesh_workbench.model.check import CheckReport, Outcome, PortReport, PromiseResult, PromiseSpec, Verdict
from mesh_workbench.model.run import Run
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.registry import Registry
from tests import records

SPEC = PromiseSpec(id="flights.carrier.required", kind="required", target="flights.carrier", words="never empty")
SLOT = SlotTime(start=datetime(2013, 1, 1, 5, tzinfo=UTC), end=datetime(2013, 2, 1, 5, tzinfo=UTC), timezone="UTC")


@pytest.fixture
def checked(registry: Registry) -> Run:
    return registry.runs.add(records.run(records.known_version(registry), slot=SLOT))


def report(run: Run, observed: object = 0) -> CheckReport:
    result = PromiseResult(promise=SPEC, outcome=Outcome.PASSED, observed=observed)  # type: ignore[arg-type]
    port = PortReport(port="flights", contract_blob="", rows=3, results=[result])
    return records.report(run_id=run.id, product=run.product, ports=[port])


def statements(registry: Registry, run: Run, limit: int) -> int:
    """How many statements looking back costs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_more: object) -> None:
        if sql.lstrip().upper().startswith("SELECT"):
            seen.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        registry.reports.last(run.product_id, limit)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def test_the_last_reports_of_a_product_come_with_run_slot_and_release(registry: Registry, checked: Run) -> None:
    product = registry.products.by_id(checked.product_id)
    assert product is not None
    port = registry.products.add_port(records.port(product))
    first, refused, published = (registry.reports.add(report(checked, seen)) for seen in (1, 2, 3))
    registry.releases.add(records.release(product, [port], run_id=checked.id, report_id=published.id), {}, {})
    other = registry.runs.add(records.run(records.known_version(registry, "fleet.planes")))
    registry.reports.add(report(other))
    registry.reports.add(records.report())  # of no run

    found = registry.reports.last(checked.product_id)
    assert [one for _, one in found] == [first, refused, published]
    assert [past.release for past, _ in found] == [None, None, 1]
    newest = found[-1][0]
    assert (newest.run_id, newest.slot, newest.version) == (checked.id, SLOT, "1.0.0")
    assert (newest.report_id, newest.made, newest.verdict) == (published.id, published.made, Verdict.KEPT)
    assert [one for _, one in registry.reports.last(checked.product_id, 2)] == [refused, published]
    assert registry.reports.last("prd_unknown") == []


def test_looking_back_costs_one_statement_and_never_more_than_a_hundred_reports(
    registry: Registry, checked: Run
) -> None:
    with registry.transaction():
        for seen in range(103):
            registry.reports.add(report(checked, seen))
    assert len(registry.reports.last(checked.product_id, 1_000)) == 100
    assert [statements(registry, checked, limit) for limit in (1, 100)] == [1, 1]


def test_what_databases_refuse_comes_back_as_it_was(registry: Registry, checked: Run) -> None:
    odd = "nul \x00, escape \x1b, <b>bold</b>"
    registry.reports.add(report(checked, odd))
    [(_, found)] = registry.reports.last(checked.product_id)
    assert found.results[0].observed == odd


def test_failing_rows_are_taken_out_of_reports_and_everything_else_stays(registry: Registry, checked: Run) -> None:
    made = report(checked)
    [port] = made.ports
    failing = port.results[0].model_copy(update={"failing_rows": 2, "sample": [{"carrier": None}, {"carrier": None}]})
    kept = registry.reports.add(made.model_copy(update={"ports": [port.model_copy(update={"results": [failing]})]}))
    other = registry.runs.add(records.run(records.known_version(registry, "fleet.planes")))
    of_other = registry.reports.add(kept.model_copy(update={"id": records.report().id, "run_id": other.id}))
    registry.reports.forget_rows([checked.id])
    registry.reports.forget_rows([])
    after = registry.reports.get(kept.id)
    assert after is not None
    assert after.results[0] == failing.model_copy(update={"sample": []})
    assert after.made == kept.made
    assert registry.reports.get(of_other.id) == of_other
