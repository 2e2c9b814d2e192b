"""`mesh lineage` and `mesh product usage`, over three products that are made from one another."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench import open_workbench
from tests.builders import notebook
from tests.cli.conftest import Mesh
from tests.runs.staging import Staging, executed

IMPORT = "import mesh_workbench as mesh"
TOTALS = "%%mesh totals\nSELECT customer, sum(amount) AS total FROM sales.orders WHERE paid GROUP BY customer"


@pytest.fixture
def chain(bench_folder: Path) -> Path:
    bench = open_workbench(bench_folder)
    bench.domains.add(DomainDraft(name="sales", title="Sales"))
    made = {
        "orders": ([f"{IMPORT}\nmesh.output('orders', [])"], {"customer": ["a"], "amount": [1.0], "paid": [True]}),
        "totals": ([IMPORT, TOTALS, "mesh.output('totals', totals)"], {"customer": ["a"], "total": [1.0]}),
    }
    for name, (cells, rows) in made.items():
        bench.products.promote(PromotionRequest(notebook=notebook(*cells), to=f"sales.{name}"))
        bench.runs.request(RunRequest(product=f"sales.{name}"))
        assert executed(bench, Staging({name: pl.DataFrame(rows)}, mode="replace")).state is RunState.SUCCEEDED
    rita = bench.as_(Identity(name="rita"))
    asked = QueryRequest(statement="SELECT amount FROM sales.orders", purpose="year-end audit")
    rita.query.sql(asked).reader.read_all()
    bench.close()
    return bench_folder


def test_lineage_is_shown_with_its_releases(chain, mesh: Mesh):
    said = mesh("lineage", "sales.totals")
    assert said.code == 0
    assert "sales.orders" in said.out
    assert "release 1 in 1" in said.out
    assert "mesh lineage sales.totals --column COLUMN" in said.out
    document = mesh("lineage", "sales.totals", "--up", "--json").json
    assert [(edge["source"], edge["target"], edge["release"]) for edge in document["edges"]] == [
        ("sales.orders", "sales.totals", 1)
    ]
    assert mesh("lineage", "sales.totals", "--down", "--json").json["edges"] == []


def test_a_column_is_followed_and_those_whom_a_change_would_hit_are_named(chain, mesh: Mesh):
    said = mesh("lineage", "sales.orders", "--column", "amount", "--down")
    assert "sales.orders.amount" in said.out
    assert "sales.totals.total" in said.out
    assert "aggregate" in said.out
    assert "would concern 1 product, and 1 person" in said.out
    assert "rita" in said.out


def test_what_cannot_be_asked_for_is_refused_with_a_hint(chain, mesh: Mesh):
    both = mesh("lineage", "sales.orders", "--up", "--down", "--json")
    assert (both.code, both.problem["code"]) == (2, "cli.usage")
    wrong = mesh("lineage", "sales.orders", "--column", "amont", "--json")
    assert (wrong.code, wrong.problem["code"]) == (3, "lineage.unknown-column")
    assert "amount" in wrong.problem["hint"]
    late = mesh("lineage", "sales.orders", "--release", "9", "--json")
    assert (late.code, late.problem["code"]) == (3, "lineage.no-such-release")
    assert mesh("lineage", "sales.ordres", "--json").problem["hint"] == "Did you mean sales.orders?"


def test_usage_names_consumers_purposes_and_columns(chain, mesh: Mesh):
    said = mesh("product", "usage", "sales.orders")
    assert said.code == 0
    for part in ("rita", "year-end audit", "orders.amount"):
        assert part in said.out
    document = mesh("product", "usage", "sales.orders", "--days", "7", "--json").json
    assert (document["reads"], document["rows"], document["named"]) == (2, 1, True)
    assert [(one["kind"], one["name"], one["reads"]) for one in document["top"]] == [
        ("person", "rita", 1),
        ("product", "sales.totals", 1),
    ]
    assert "Nobody has read it." in mesh("product", "usage", "sales.totals").out
