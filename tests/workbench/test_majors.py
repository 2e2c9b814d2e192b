"""Two major versions of a product, published by real runs: each has its own readers."""

from __future__ import annotations

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.workbench.conftest import work_until_idle

MADE = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('{0}', pl.DataFrame({{'{1}': [1, 2]}}))"
COPIED = "import mesh_workbench as mesh\nmesh.output('copy', mesh.read('sales.orders').polars())"


def columns(bench: LocalWorkbench, name: str) -> list[str]:
    answer = bench.query.sql(QueryRequest(statement=f'SELECT * FROM "{name}"'))
    return answer.reader.read_all().column_names


def test_an_old_version_goes_on_for_who_relies_on_it_and_does_not_become_the_current_one(
    busy_bench: LocalWorkbench,
) -> None:
    bench = busy_bench
    first = PromotionRequest(notebook=notebook(MADE.format("orders", "note")), to="sales.orders", run=True)
    bench.products.promote(first)
    work_until_idle(bench)
    second = PromotionRequest(
        notebook=notebook(MADE.format("orders", "remark")),
        to="sales.orders",
        contracts={"orders": contract({"name": "remark", "logicalType": "integer"}, name="orders")},
        override="Agreed.",
        run=True,
    )
    bench.products.promote(PromotionRequest(notebook=notebook(COPIED), to="sales.copy"))
    bench.products.promote(second)
    bench.runs.request(RunRequest(product="sales.copy"))
    work_until_idle(bench)
    bench.runs.request(RunRequest(product="sales.orders", version="1.0.0", force=True))
    work_until_idle(bench)

    assert {run.state for run in bench.runs.list().items} == {RunState.SUCCEEDED}
    assert [(one.number, one.version, one.beside) for one in bench.releases.list("sales.orders").items] == [
        (3, "1.0.0", True),
        (2, "2.0.0", False),
        (1, "1.0.0", False),
    ]
    assert bench.releases.get("sales.orders").number == 2
    product = bench.products.get("sales.orders")
    assert (product.release, product.version) == (2, "2.0.0")
    assert columns(bench, "sales.orders") == ["remark"]
    assert columns(bench, "sales.orders@1") == ["note"]
    assert columns(bench, "sales.copy") == ["note"]
    assert [finding.detail for finding in bench.house.examine() if not finding.ok] == []
