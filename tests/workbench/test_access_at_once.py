"""Access to many products is decided at once, and as it would be for each alone."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from sqlalchemy import event

from mesh_workbench.errors import Forbidden
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.domain import Domain
from mesh_workbench.model.identity import Identity, Member, Role
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench.local import LocalWorkbench
from tests.query.conftest import SmallMesh

PRODUCTS = 12


@pytest.fixture
def wide(bench: LocalWorkbench) -> LocalWorkbench:
    """Twelve products that are read on request, each in a domain of its own, three below one that has a reader."""
    registry = bench.context.registry
    mesh = SmallMesh(registry, bench.context.storage, sessions=None)  # type: ignore[arg-type]  # nothing is read by it
    registry.domains.add(Domain(id=new_id("dom"), name="top", owner="ana", created=now()))
    for index in range(PRODUCTS):
        above = "top"
        for name in (f"upper{index}", f"middle{index}", f"d{index}"):
            registry.domains.add(Domain(id=new_id("dom"), name=name, owner="ana", created=now(), parent=above))
            above = name
        mesh.product(f"d{index}.t", access="on_request")
        mesh.publish(f"d{index}.t", pa.table({"x": [index]}))
    registry.domains.set_member(Member(identity="rita", role=Role.CONSUMER, domain="top", since=now()))
    return bench


def test_registry_statements_of_a_query_do_not_grow_with_products_domains_and_grants(wide: LocalWorkbench) -> None:
    for index in range(PRODUCTS):
        wide.catalog.grant(f"d{index}.t", "tom", purpose="Report")
    tom, counted = wide.as_(Identity(name="tom")), list[str]()
    engine = wide.context.registry._db.engine

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            counted.append(statement)

    def statements(first: int, last: int) -> int:
        counted.clear()
        text = " UNION ALL ".join(f"SELECT x FROM d{index}.t" for index in range(first, last))
        rows = tom.query.sql(QueryRequest(statement=text)).reader.read_all()["x"].to_pylist()
        assert sorted(rows) == [*range(first, last)]
        return len(counted)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert statements(0, 1) == statements(1, 3) == statements(3, PRODUCTS) == 6
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_many_are_decided_as_each_alone(wide: LocalWorkbench) -> None:
    wide.catalog.grant("d0.t", "tom", purpose="Report")
    products = [wide.context.product(f"d{index}.t") for index in range(PRODUCTS)]
    for who in ("tom", "rita", "eve", wide.context.identity.name):
        context = wide.as_(Identity(name=who)).context
        alone = {product.id: context.decide(Action.READ, product=product) for product in products}
        assert context.decide_all(Action.READ, products) == alone


def test_one_forbidden_product_among_many_is_named(wide: LocalWorkbench) -> None:
    for index in range(PRODUCTS - 1):
        wide.catalog.grant(f"d{index}.t", "tom", purpose="Report")
    text = " UNION ALL ".join(f"SELECT x FROM d{index}.t" for index in range(PRODUCTS))
    with pytest.raises(Forbidden, match=f"tom may not read d{PRODUCTS - 1}.t"):
        wide.as_(Identity(name="tom")).query.sql(QueryRequest(statement=text))


def test_a_grant_that_is_over_counts_no_more(wide: LocalWorkbench) -> None:
    grants = wide.context.registry.grants
    ended = wide.catalog.grant("d0.t", "tom", purpose="Report").model_copy(
        update={"id": new_id("grt"), "identity": "tim", "until": now() - timedelta(seconds=1)}
    )
    grants.add(ended)
    grants.revoke(wide.catalog.grant("d1.t", "tim", purpose="Report").id)
    products = [wide.context.product(f"d{index}.t") for index in range(2)]
    decided = wide.as_(Identity(name="tim")).context.decide_all(Action.READ, products)
    assert [one.allowed for one in decided.values()] == [False, False]


def test_domains_whose_parents_go_round_are_no_endless_question(bench: LocalWorkbench) -> None:
    domains = bench.context.registry.domains
    for name, parent in (("a", "c"), ("b", "a"), ("c", "b")):
        domains.add(Domain(id=new_id("dom"), name=name, owner="ana", created=now(), parent=parent))
    assert domains.ancestries(["a", "b", "nowhere"]) == {"a": {"a", "b", "c"}, "b": {"a", "b", "c"}}
