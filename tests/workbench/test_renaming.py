"""A product that is called otherwise is the same product, and its old name leads to it."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, NotFound
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.model.search import SearchRequest
from mesh_workbench.model.subscription import SubscriptionDraft
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.storage.world import World
from tests.workbench.lives import reads, released

OLD, NEW = "flight_ops.flights", "network.movements"
OUTPUT = "import mesh_workbench as mesh\nmesh.output('flights', frame)"


@pytest.fixture
def flights(bench: LocalWorkbench) -> World:
    """A released product that `insights.delays` reads, with a schedule and somebody who subscribed to it."""
    made = released(bench)
    reads(bench, "insights.delays", OLD)
    bench.domains.add(DomainDraft(name="network"))
    bench.schedules.set(OLD, ScheduleDraft(cron="0 6 * * *"))
    bench.as_(Identity(name="rita")).notices.subscribe(OLD, SubscriptionDraft())
    return made


def test_reading_the_old_name_works_with_a_warning(bench: LocalWorkbench, flights: World) -> None:
    assert bench.query.resolve([OLD])[0].warnings == []
    bench.products.rename(OLD, to=NEW, reason="It is about more than flights")
    [port] = bench.query.resolve([OLD])
    assert (port.name, port.product) == (OLD, NEW)
    assert port.warnings == [f"{OLD} is called {NEW} now; write that."]
    assert bench.query.resolve([NEW])[0].warnings == []
    assert bench.query.rows(QueryRequest(statement=f"SELECT n FROM {OLD}", limit=10)).rows == [[1]]


def test_everything_else_goes_along(bench: LocalWorkbench, flights: World) -> None:
    before = bench.products.get(OLD)
    after = bench.products.rename(OLD, to=NEW, reason="Better")
    assert (after.full_name, after.id, after.domain, after.release) == (NEW, before.id, "network", 1)
    assert bench.products.get(OLD).full_name == NEW
    assert after.consumers == ["insights.delays"]
    schedule = bench.schedules.get(NEW)
    assert schedule is not None
    assert schedule.product == NEW
    assert bench.as_(Identity(name="rita")).notices.told(NEW).why == f"you subscribed to {NEW}"
    assert [hit.product.full_name for hit in bench.catalog.search(SearchRequest(text="movements")).items] == [NEW]
    assert bench.releases.list(NEW).items[0].number == 1
    flights.put({"flights": [{"n": 2}]}, mode="replace")
    assert bench.releases.get(NEW).product == NEW
    record = next(one for one in bench.catalog.audit().items if one.action == "product.renamed")
    assert (record.target, record.detail) == (NEW, {"before": OLD, "reason": "Better"})
    assert [finding.problems for finding in bench.house.examine() if finding.problems] == []


def test_a_name_is_not_taken_while_somebody_reads_by_it_and_leads_nowhere_once_it_is(
    bench: LocalWorkbench, flights: World
) -> None:
    bench.products.rename(OLD, to=NEW, reason="Better")
    request = PromotionRequest(notebook=notebook(OUTPUT), to=OLD)
    assert "insights.delays read it by its old name" in bench.products.plan(request).blocked
    with pytest.raises(Conflict, match="by its old name") as refusal:
        bench.products.promote(request)
    assert refusal.value.code == "product.name-leads"

    bench.products.rename("insights.delays", to="insights.later", reason="So that its own old name is free")
    taken = PromotionRequest(notebook=notebook(OUTPUT), to="insights.delays")
    bench.products.promote(taken)
    assert bench.products.get("insights.delays").full_name == "insights.delays"
    assert bench.products.get("insights.later").full_name == "insights.later"


def test_a_product_gets_its_old_name_back(bench: LocalWorkbench, flights: World) -> None:
    bench.products.rename(OLD, to=NEW, reason="Better")
    bench.products.rename(NEW, to=OLD, reason="After all not")
    assert bench.products.get(NEW).full_name == OLD
    assert bench.query.resolve([OLD])[0].warnings == []


def test_circles_are_found_whatever_names_they_are_written_with(bench: LocalWorkbench, flights: World) -> None:
    bench.products.rename(OLD, to=NEW, reason="Better")
    text = notebook(f"import mesh_workbench as mesh\nframe = mesh.read('insights.delays')\n{OUTPUT}")
    with pytest.raises(InvalidInput) as refusal:
        bench.products.promote(PromotionRequest(notebook=text, to=NEW))
    assert refusal.value.code == "promotion.cycle"
    itself = notebook(f"import mesh_workbench as mesh\nframe = mesh.read('{OLD}')\n{OUTPUT}")
    with pytest.raises(InvalidInput, match="reads itself"):
        bench.products.promote(PromotionRequest(notebook=itself, to=NEW))


def test_owners_of_both_domains_move_and_nobody_else(bench: LocalWorkbench, flights: World) -> None:
    bench.domains.set_role("flight_ops", "olga", Role.DOMAIN_OWNER)
    bench.domains.set_role("flight_ops", "pia", Role.PRODUCER)
    olga = bench.as_(Identity(name="olga"))
    with pytest.raises(Forbidden, match="may not move network"):
        olga.products.rename(OLD, to=NEW, reason="Mine")
    with pytest.raises(Forbidden):
        bench.as_(Identity(name="pia")).products.rename(OLD, to="flight_ops.journeys", reason="Mine")
    bench.domains.set_role("network", "olga", Role.DOMAIN_OWNER)
    assert olga.products.rename(OLD, to=NEW, reason="Ours").full_name == NEW


def test_names_that_are_taken_or_none_are_refused(bench: LocalWorkbench, flights: World) -> None:
    with pytest.raises(Conflict, match=r"already a product insights\.delays"):
        bench.products.rename(OLD, to="insights.delays", reason="?")
    with pytest.raises(Conflict, match=r"called flight_ops\.flights already"):
        bench.products.rename(OLD, to=OLD, reason="?")
    with pytest.raises(NotFound, match="no domain 'nowhere'"):
        bench.products.rename(OLD, to="nowhere.flights", reason="?")
    assert bench.products.get(OLD).full_name == OLD
