"""What becomes of a product: who may do it, when it is possible, and what consumers notice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput
from mesh_workbench.model.base import now
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.product import ProductDetail, ProductStatus
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.model.transitions import TRANSITIONS, demand_possible, possible
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.transitions import end_sunsets
from tests import records
from tests.workbench.lives import reads, released

FLIGHTS = "flight_ops.flights"
SOON = timedelta(days=30)


def past_its_date(bench: LocalWorkbench) -> None:
    """As it is when the time that `deprecate` was told has come."""
    registry = bench.context.registry
    product = registry.products.get("flight_ops", "flights")
    assert product is not None
    assert product.sunset is not None
    registry.products.change(product.id, sunset=product.sunset.model_copy(update={"until": now()}))


def test_what_a_status_allows_is_said_by_one_table() -> None:
    assert {status.value: possible(status) for status in ProductStatus} == {
        "proposed": ["rename", "retire"],
        "draft": ["rename", "retire"],
        "active": ["deprecate", "rename", "retire", "rollback"],
        "deprecated": ["deprecate", "reinstate", "rename", "retire", "rollback"],
        "retired": ["rename"],
    }


@pytest.mark.parametrize("verb", ["deprecate", "reinstate", "rename", "retire", "rollback"])
@pytest.mark.parametrize("status", list(ProductStatus))
def test_what_is_not_possible_is_refused_with_what_is(status: ProductStatus, verb: str) -> None:
    product = records.product(status=status)
    if status in TRANSITIONS[verb].before:
        demand_possible(product, verb)
        return
    with pytest.raises(Conflict) as refusal:
        demand_possible(product, verb)
    assert refusal.value.code == "product.wrong-status"
    assert status.value in refusal.value.message
    assert refusal.value.details["possible"] == possible(status)


def test_a_deprecated_product_is_read_with_a_warning_until_its_date_and_refused_after_it(bench: LocalWorkbench) -> None:
    released(bench)
    released(bench, "network.movements", "movements")
    bench.products.deprecate(FLIGHTS, reason="Too slow", until=now() + SOON, successor="network.movements")
    [port] = bench.query.resolve([FLIGHTS])
    [warning] = port.warnings
    assert warning.startswith("flight_ops.flights is deprecated: Too slow. It can be read until ")
    assert warning.endswith(" UTC. Read network.movements instead.")

    past_its_date(bench)
    with pytest.raises(Conflict, match=r"can no longer be read since .*Too slow") as refusal:
        bench.query.resolve([FLIGHTS])
    assert refusal.value.code == "query.product-ended"
    assert refusal.value.hint == "Read network.movements instead."
    with pytest.raises(Conflict, match="can no longer be read"):
        bench.query.resolve([FLIGHTS], release=1)
    with pytest.raises(Conflict, match="past its date"):
        bench.products.reinstate(FLIGHTS, reason="After all not")


def test_a_worker_retires_what_is_past_its_date_once(bench: LocalWorkbench) -> None:
    released(bench)
    bench.schedules.set(FLIGHTS, ScheduleDraft(cron="0 6 * * *"))
    bench.products.deprecate(FLIGHTS, reason="Old", until=now() + SOON)
    assert end_sunsets(bench.context) == 0
    past_its_date(bench)
    assert end_sunsets(bench.context) == 1
    assert end_sunsets(bench.context) == 0
    assert bench.products.get(FLIGHTS).status is ProductStatus.RETIRED
    assert bench.schedules.get(FLIGHTS) is None
    ana = bench.as_(Identity(name="ana"))  # who owns the product
    assert [notice.text.partition(":")[0] for notice in ana.notices.list().items] == [
        "It is retired and can no longer be read",
        "It is deprecated",
    ]


def test_deprecating_is_taken_back_before_the_date(bench: LocalWorkbench) -> None:
    released(bench)
    deprecated = bench.products.deprecate(FLIGHTS, reason="Old", until=now() + SOON)
    assert deprecated.sunset is not None
    assert deprecated.sunset.by == bench.identity.name
    again = bench.products.reinstate(FLIGHTS, reason="Still needed")
    assert (again.status, again.sunset) == (ProductStatus.ACTIVE, None)
    assert bench.query.resolve([FLIGHTS])[0].warnings == []


def test_a_date_that_is_over_and_a_successor_that_is_none_are_refused(bench: LocalWorkbench) -> None:
    released(bench)
    with pytest.raises(InvalidInput, match="over already"):
        bench.products.deprecate(FLIGHTS, reason="Old", until=now() - SOON)
    with pytest.raises(InvalidInput, match="cannot be read instead"):
        bench.products.deprecate(FLIGHTS, reason="Old", successor=FLIGHTS)
    assert bench.products.get(FLIGHTS).status is ProductStatus.ACTIVE


def test_a_product_that_others_read_is_retired_only_by_force_of_an_owner(bench: LocalWorkbench) -> None:
    released(bench)
    reads(bench, "insights.delays", FLIGHTS)
    bench.domains.set_role("flight_ops", "petra", Role.PRODUCER)
    petra = bench.as_(Identity(name="petra"))
    with pytest.raises(Conflict) as refusal:
        petra.products.retire(FLIGHTS, reason="Gone")
    assert refusal.value.code == "product.has-consumers"
    assert refusal.value.details["consumers"] == ["insights.delays"]
    with pytest.raises(Forbidden, match="may not override"):
        petra.products.retire(FLIGHTS, reason="Gone", force=True)

    retired = bench.products.retire(FLIGHTS, reason="Gone", force=True)
    assert retired.status is ProductStatus.RETIRED
    record = next(one for one in bench.catalog.audit().items if one.action == "product.retired")
    assert record.detail == {"reason": "Gone", "forced": True, "consumers": ["insights.delays"]}


def test_the_owner_of_a_product_may_force_its_end_without_owning_the_domain(bench: LocalWorkbench) -> None:
    product = released(bench).product
    bench.context.registry.products.change(product.id, owner="petra")
    reads(bench, "insights.delays", FLIGHTS)
    bench.domains.set_role("flight_ops", "petra", Role.PRODUCER)
    petra = bench.as_(Identity(name="petra"))
    assert petra.products.retire(FLIGHTS, reason="Gone", force=True).status is ProductStatus.RETIRED


def test_those_who_read_a_product_are_told_that_it_ends(bench: LocalWorkbench) -> None:
    product = released(bench).product
    bench.context.registry.products.change(product.id, owner="olga")
    reads(bench, "insights.delays", FLIGHTS)
    bench.context.registry.products.change(bench.context.product("insights.delays").id, owner="ines")
    bench.as_(Identity(name="rita")).query.resolve([FLIGHTS])
    bench.context.read_log.flush()
    bench.products.deprecate(FLIGHTS, reason="Old")
    why = {
        name: [notice.why for notice in bench.as_(Identity(name=name)).notices.list().items]
        for name in ("olga", "ines", "rita", "uwe")
    }
    assert why == {
        "olga": ["you own the product"],
        "ines": ["insights.delays reads it"],
        "rita": ["you read it lately"],
        "uwe": [],
    }


def test_the_page_offers_what_one_may_do(bench: LocalWorkbench) -> None:
    released(bench)
    rita = bench.as_(Identity(name="rita"))

    def offered(detail: ProductDetail) -> list[str]:
        return detail.transitions

    assert offered(bench.products.get(FLIGHTS)) == ["deprecate", "rename", "retire", "rollback"]
    assert offered(rita.products.get(FLIGHTS)) == []
    with pytest.raises(Forbidden):
        rita.products.deprecate(FLIGHTS, reason="Mine now")
