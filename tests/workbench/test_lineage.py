"""Releases know what they were made from: exact releases, and columns as far as the notebook shows."""

from __future__ import annotations

from functools import partial

import polars as pl
import pytest

from mesh_workbench.discovery.catalog import healths
from mesh_workbench.errors import NotFound
from mesh_workbench.lifecycle.lineage_graph import lineage
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.lineage import Lineage
from mesh_workbench.model.product import HealthState
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.runs.staging import Staging, executed

IMPORT = "import mesh_workbench as mesh"
ORDERS = notebook(f"{IMPORT}\nmesh.output('orders', [])")
TOTALS = notebook(
    IMPORT,
    "%%mesh totals\nSELECT customer AS buyer, sum(amount) AS total FROM sales.orders WHERE paid GROUP BY buyer",
    "mesh.output('totals', totals)",
)
REPORT = notebook(f"{IMPORT}\nframe = mesh.read('sales.totals').pandas()\nmesh.output('report', frame.round(2))")
ROWS = {
    "orders": pl.DataFrame({"customer": ["a", "b"], "amount": [1.0, 2.0], "paid": [True, True], "note": ["", ""]}),
    "totals": pl.DataFrame({"buyer": ["a", "b"], "total": [1.0, 2.0]}),
    "report": pl.DataFrame({"buyer": ["a"], "total": [1.0], "rank": [1]}),
}


def promote(bench: LocalWorkbench, name: str, text: str) -> None:
    bench.products.promote(PromotionRequest(notebook=text, to=f"sales.{name}"))


def run(bench: LocalWorkbench, name: str, mode: str = "replace") -> None:
    bench.runs.request(RunRequest(product=f"sales.{name}", force=True))
    done = executed(bench, Staging({name: ROWS[name]}, mode=mode))
    assert done.state is RunState.SUCCEEDED, done.failure


@pytest.fixture
def chain(bench: LocalWorkbench) -> LocalWorkbench:
    """orders → totals (SQL) → report (pandas), each released once."""
    for name, text in (("orders", ORDERS), ("totals", TOTALS), ("report", REPORT)):
        promote(bench, name, text)
        run(bench, name)
    return bench


def edges(graph: Lineage) -> list[tuple[str, str, int | None, int | None]]:
    return sorted((edge.source, edge.target, edge.release, edge.made) for edge in graph.edges)


def columns(graph: Lineage, target: str) -> list[str]:
    return sorted(
        f"{edge.target_column or '*'} from {edge.source}.{edge.column or '*'}: {edge.kind}, {edge.confidence}"
        for edge in graph.columns
        if edge.target == target
    )


def test_a_release_is_linked_with_the_releases_that_its_run_read(chain: LocalWorkbench) -> None:
    run(chain, "orders")  # a release that totals has not read
    graph = chain.lineage.of("sales.report")
    assert [(node.id, node.depth, node.release) for node in graph.nodes] == [
        ("sales.orders", -2, 1),
        ("sales.totals", -1, 1),
        ("sales.report", 0, 1),
    ]
    assert edges(graph) == [("sales.orders", "sales.totals", 1, 1), ("sales.totals", "sales.report", 1, 1)]


def test_products_in_it_say_how_they_are(chain: LocalWorkbench) -> None:
    promote(chain, "late", REPORT)
    health = {node.id: node.health.state for node in chain.lineage.of("sales.orders").nodes if node.health}
    assert health == {
        "sales.orders": HealthState.KEPT,
        "sales.totals": HealthState.KEPT,
        "sales.report": HealthState.KEPT,
        "sales.late": HealthState.NEVER_RAN,
    }


def test_columns_from_sql_are_certain_and_those_of_frames_go_by_their_names(chain: LocalWorkbench) -> None:
    graph = chain.lineage.of("sales.orders")
    assert columns(graph, "sales.totals") == [
        "* from sales.orders.customer: indirect, certain",
        "* from sales.orders.paid: indirect, certain",
        "buyer from sales.orders.customer: renamed, certain",
        "total from sales.orders.amount: aggregate, certain",
    ]
    assert columns(graph, "sales.report") == [
        "buyer from sales.totals.buyer: identity, likely",
        "rank from sales.totals.*: unknown, possible",
        "total from sales.totals.total: identity, likely",
    ]


def test_the_ways_of_one_column_leave_out_what_is_beside_them(chain: LocalWorkbench) -> None:
    graph = chain.lineage.of("sales.orders", column="amount")
    assert columns(graph, "sales.totals") == ["total from sales.orders.amount: aggregate, certain"]
    assert columns(graph, "sales.report") == [
        "rank from sales.totals.*: unknown, possible",
        "total from sales.totals.total: identity, likely",
    ]
    assert chain.lineage.of("sales.orders", column="orders.note").edges == []
    back = chain.lineage.of("sales.report", column="total", direction="up")
    assert {node.id for node in back.nodes} == {"sales.orders", "sales.totals", "sales.report"}


def test_a_column_that_there_is_not_is_said_with_the_nearest(chain: LocalWorkbench) -> None:
    with pytest.raises(NotFound, match="amount") as told:
        chain.lineage.of("sales.orders", column="amont")
    assert told.value.code == "lineage.unknown-column"
    with pytest.raises(NotFound) as told:
        chain.lineage.of("sales.orders", release=9)
    assert told.value.code == "lineage.no-such-release"


def test_direction_and_depth_bound_the_graph(chain: LocalWorkbench) -> None:
    def names(**asked: object) -> list[str]:
        return [node.id for node in chain.lineage.of("sales.totals", **asked).nodes]  # type: ignore[arg-type]

    assert names(direction="up") == ["sales.orders", "sales.totals"]
    assert names(direction="down") == ["sales.totals", "sales.report"]
    assert [node.id for node in chain.lineage.of("sales.orders", depth=1).nodes] == ["sales.orders", "sales.totals"]


def test_an_older_release_has_the_lineage_that_it_had(chain: LocalWorkbench) -> None:
    run(chain, "orders")
    run(chain, "totals")
    assert edges(chain.lineage.of("sales.totals", direction="up")) == [("sales.orders", "sales.totals", 2, 2)]
    assert edges(chain.lineage.of("sales.totals", direction="up", release=1)) == [
        ("sales.orders", "sales.totals", 1, 1)
    ]


def test_rows_that_are_kept_of_earlier_runs_keep_their_lineage(chain: LocalWorkbench) -> None:
    run(chain, "orders")
    run(chain, "totals", mode="append")
    [edge] = chain.lineage.of("sales.totals", direction="up").edges
    assert (edge.first, edge.release) == (1, 2)
    run(chain, "totals", mode="replace")
    [edge] = chain.lineage.of("sales.totals", direction="up").edges
    assert (edge.first, edge.release) == (2, 2)


def test_a_release_that_brings_back_another_one_was_made_from_the_same(chain: LocalWorkbench) -> None:
    run(chain, "orders")
    run(chain, "totals")
    chain.products.rollback("sales.totals", release=1, reason="Wrong")
    assert edges(chain.lineage.of("sales.totals", direction="up")) == [("sales.orders", "sales.totals", 1, 3)]


def test_a_product_that_has_not_run_is_shown_by_what_it_declares(chain: LocalWorkbench) -> None:
    promote(chain, "fresh", notebook(f"{IMPORT}\nmesh.output('fresh', mesh.read('sales.orders').polars())"))
    graph = chain.lineage.of("sales.orders")
    assert ("sales.orders", "sales.fresh", None, None) in edges(graph)
    assert columns(graph, "sales.fresh") == ["* from sales.orders.*: unknown, possible"]
    assert ("sales.orders", "sales.fresh", None, None) in edges(chain.lineage.of("sales.fresh"))


def test_a_product_that_reads_it_no_more_is_left_out(chain: LocalWorkbench) -> None:
    promote(chain, "report", notebook(f"{IMPORT}\nmesh.output('report', [])"))
    run(chain, "report")
    assert [node.id for node in chain.lineage.of("sales.totals", direction="down").nodes] == ["sales.totals"]


def test_lineage_follows_a_product_that_is_called_otherwise(chain: LocalWorkbench) -> None:
    chain.products.rename("sales.orders", to="sales.purchases", reason="Clearer")
    graph = chain.lineage.of("sales.report")
    assert edges(graph)[0] == ("sales.purchases", "sales.totals", 1, 1)
    assert "total from sales.purchases.amount: aggregate, certain" in columns(graph, "sales.totals")


def test_a_product_that_one_may_not_find_has_no_name_and_no_columns(chain: LocalWorkbench) -> None:
    registry = chain.context.registry
    orders = registry.products.get("sales", "orders")
    assert orders is not None
    graph = lineage(
        registry, orders, findable=lambda product: product.name != "totals", healths=partial(healths, registry)
    )
    hidden = graph.nodes[1]
    assert (hidden.id, hidden.name, hidden.title, hidden.release, hidden.health) == ("hidden-1", None, "", None, None)
    assert "totals" not in graph.model_dump_json().replace("sales.orders", "")
    assert {(edge.source, edge.target) for edge in graph.edges} == {
        ("sales.orders", "hidden-1"),
        ("hidden-1", "sales.report"),
    }


def test_the_impact_of_a_column_names_products_and_people_with_their_last_use(chain: LocalWorkbench) -> None:
    rita = chain.as_(Identity(name="rita"))
    rita.query.sql(QueryRequest(statement="SELECT amount FROM sales.orders")).reader.read_all()
    rita.query.sql(QueryRequest(statement="SELECT note FROM sales.orders")).reader.read_all()
    chain.as_(Identity(name="otto")).query.sql(
        QueryRequest(statement="SELECT note FROM sales.orders")
    ).reader.read_all()
    chain.as_(Identity(name="emil")).query.sql(
        QueryRequest(statement="SELECT total FROM sales.totals")
    ).reader.read_all()
    chain.context.read_log.flush()
    found = chain.lineage.impact("sales.orders", "amount")
    assert [(one.name, one.depth, one.columns, one.every, one.confidence) for one in found.products] == [
        ("sales.totals", 1, ["totals.total"], False, "certain"),
        ("sales.report", 2, ["report.rank", "report.total"], False, "likely"),
    ]
    assert [(one.name, one.product, one.columns, one.reads) for one in found.people] == [
        ("rita", "sales.orders", ["amount"], 1),
        ("emil", "sales.totals", ["total"], 1),
    ]
    assert found.people_count == 2
    assert chain.lineage.impact("sales.orders", "note").products == []


def test_who_may_not_see_the_readers_learns_how_many_they_are(chain: LocalWorkbench) -> None:
    chain.as_(Identity(name="rita")).query.rows(QueryRequest(statement="SELECT amount FROM sales.orders"))
    chain.context.read_log.flush()
    found = chain.as_(Identity(name="otto")).lineage.impact("sales.orders", "amount")
    assert (found.people, found.people_count) == ([], 1)
