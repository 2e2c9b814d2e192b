"""Foreign keys point to the current release of another product, and service levels to the product's own history."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from deltalake import write_deltalake

from mesh_workbench.model.check import Outcome
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.objectstore import ObjectStore
from tests.workbench.conftest import work_until_idle

LEVELS = [
    {"property": "frequency", "value": "P1D"},
    {"property": "errorRate", "value": 10, "unit": "percent"},
    {"property": "generalAvailability", "value": "2020-01-01"},
]


def make(bench: LocalWorkbench, name: str, frame: str, **about: object) -> Run:
    text = notebook(f"import mesh_workbench as mesh\nimport polars as pl\nmesh.output('{name}', pl.DataFrame({frame}))")
    known = {"contracts": {name: contract("tail", "year", name=name, **about)}} if about else {}  # type: ignore[arg-type]
    bench.products.promote(PromotionRequest.model_validate({"notebook": text, "to": f"sales.{name}", **known}))
    asked = bench.runs.request(RunRequest(product=f"sales.{name}"))
    work_until_idle(bench)
    return bench.runs.get(asked.id)


def test_a_row_that_points_nowhere_in_the_other_product_is_not_published(busy_bench: LocalWorkbench) -> None:
    bench = busy_bench
    assert make(bench, "planes", '{"tail": ["N1", "N2"], "year": [1, 2]}').state is RunState.SUCCEEDED
    keys: list[dict[str, object]] = [
        {"from": ["flights.tail", "flights.year"], "to": ["sales.planes.tail", "sales.planes.year"]},
        {"from": ["flights.tail"], "to": ["sales.unknown.tail"]},
    ]
    good = make(bench, "flights", '{"tail": ["N1", None], "year": [1, 7]}', relationships=keys, slaProperties=LEVELS)
    assert good.state is RunState.SUCCEEDED, good.failure
    report = bench.contracts.report(bench.releases.get("sales.flights").report_id)
    found = {result.promise.id: result.outcome for result in report.results}
    assert found["flights.relationship"] is Outcome.PASSED
    assert found["flights.relationship.2"] is Outcome.NOT_EVALUATED
    assert (found["sla.frequency"], found["sla.generalAvailability"]) == (Outcome.PASSED, Outcome.PASSED)
    assert found["sla.errorRate"] is Outcome.NOT_EVALUATED  # nothing ran before
    bad = make(bench, "trips", '{"tail": ["N1", "N2"], "year": [1, 1]}', relationships=[
        {"from": ["trips.tail", "trips.year"], "to": ["sales.planes.tail", "sales.planes.year"]}])  # fmt: skip
    assert bad.state is RunState.FAILED
    assert bad.failure
    assert bad.failure.failure_class == "contract"


def test_a_table_is_checked_against_the_other_products_release_too(busy_bench: LocalWorkbench) -> None:
    text = contract({"name": "tail", "relationships": [{"to": "sales.planes.tail"}]}, name="table")
    report = busy_bench.contracts.check(text, pa.table({"tail": ["N1", "N9"]}))
    (result,) = [one for one in report.results if one.promise.kind == "foreign_key"]
    assert (result.outcome, result.sample) == (Outcome.FAILED, [{"tail": "N9"}])


def test_data_is_checked_by_its_name_wherever_it_is(
    busy_bench: LocalWorkbench, tmp_path: Path, store: ObjectStore
) -> None:
    rows = 1_000_001
    made = make(busy_bench, "many", f'{{"tail": ["N9"] + ["N1"] * {rows - 1}, "year": range({rows})}}')
    assert made.state is RunState.SUCCEEDED
    write_deltalake(tmp_path / "t", pa.table({"tail": ["N9"] + ["N1"] * (rows - 1), "year": [*range(rows)]}))
    text = contract(
        {"name": "tail", "relationships": [{"to": "sales.planes.tail"}]},
        {"name": "year", "unique": True, "logicalTypeOptions": {"maximum": rows - 2}},
    )
    found = [
        {
            result.promise.id: (result.outcome, result.failing_rows, result.rows, result.sample)
            for result in busy_bench.contracts.check(text, data).results
        }
        for data in ("sales.many", str(tmp_path / "t"), store.put(tmp_path / "t", f"{store.bucket()}/t"))
    ]
    assert found[0] == found[1] == found[2]
    assert found[0]["data.year.maximum"] == (Outcome.FAILED, 1, rows, [{"year": rows - 1}])
    assert found[0]["data.tail.relationship"] == (Outcome.FAILED, 1, rows, [{"tail": "N9"}])
    assert busy_bench.contracts.infer("", "sales.many").port == "many"
