"""Runs: from a request to a release, or to a failure that says what to do; the last good release always stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput
from mesh_workbench.model.check import Outcome, Verdict
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.product import HealthState, ProductStatus
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.runfolder import RUN_FILE, RunFolder
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

ORDERS = """
import mesh_workbench as mesh
import polars as pl
frame = pl.DataFrame({"id": list(range(rows)), "amount": [float(i) if i % 10 else None for i in range(rows)]})
if fail == "exception":
    1 / 0
if fail != "no output":
    mesh.output("orders", frame.with_columns(pl.lit(7, dtype=pl.Int64).alias("id")) if fail == "duplicates" else frame)
"""
CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - name: amount
        logicalType: number
        quality:
          - {metric: nullValues, mustBe: 0, severity: warning}
      - {name: comment, logicalType: string}
"""


def promote(bench: LocalWorkbench, name: str, text: str, **more: object) -> None:
    bench.products.promote(PromotionRequest.model_validate({"notebook": text, "to": f"sales.{name}", **more}))


def run(bench: LocalWorkbench, name: str, **parameters: object) -> Run:
    asked = bench.runs.request(RunRequest.model_validate({"product": f"sales.{name}", "parameters": parameters}))
    work_until_idle(bench)
    return bench.runs.get(asked.id)


def orders(name: str = "orders") -> str:
    return notebook(ORDERS.replace('"orders"', f'"{name}"'), parameters='rows: int = 20\nfail: str = ""')


@pytest.fixture(scope="module")
def released(busy_bench: LocalWorkbench) -> LocalWorkbench:
    """`sales.orders` with an explicit contract, released once."""
    contract = CONTRACT.replace("      - {name: comment, logicalType: string}\n", "")
    promote(busy_bench, "orders", orders(), contracts={"orders": contract})
    ended = run(busy_bench, "orders")
    assert ended.state is RunState.SUCCEEDED, ended.failure
    return busy_bench


def test_a_green_run_is_published_data_that_kept_its_contract(released: LocalWorkbench) -> None:
    release = released.releases.get("sales.orders")
    assert release.number == 1
    assert release.verdict is Verdict.KEPT_PARTLY  # a warning is shown, and does not stop anybody
    product = released.products.get("sales.orders")
    assert product.status is ProductStatus.ACTIVE
    assert product.health.state is HealthState.KEPT_PARTLY
    report = released.contracts.report(release.report_id)
    [warned] = [result for result in report.results if result.outcome is Outcome.WARNED]
    assert warned.failing_rows == 2
    rows = released.query.rows(QueryRequest(statement="SELECT count(*), sum(amount) FROM sales.orders"))
    assert rows.rows == [[20, 180.0]]


def test_the_delta_table_is_read_by_others_without_us(released: LocalWorkbench) -> None:
    [port] = released.query.resolve(["sales.orders"])
    assert pl.read_delta(port.table, version=port.delta_version).height == 20


def test_a_breached_contract_publishes_nothing_and_keeps_what_was_staged(released: LocalWorkbench) -> None:
    before = released.releases.get("sales.orders").number
    ended = run(released, "orders", fail="duplicates")
    assert ended.state is RunState.FAILED
    assert ended.failure is not None
    assert ended.failure.failure_class == "contract"
    assert "promises broken" in ended.failure.message
    assert ended.report_id is not None
    report = released.contracts.report(ended.report_id)
    assert ended.checks == {outcome: report.count(outcome) for outcome in Outcome if report.count(outcome)}
    assert ended.checks[Outcome.FAILED] > 0
    assert released.releases.get("sales.orders").number == before
    folder = released.context.storage.run_folder(ended.id)
    assert sum(pl.read_parquet(file).height for file in folder.glob("staged/*/*.parquet")) == 20
    assert released.products.get("sales.orders").health.state is HealthState.BREACHED
    rows = released.query.rows(QueryRequest(statement="SELECT count(DISTINCT id) FROM sales.orders"))
    assert rows.rows == [[20]]


def test_an_exception_is_told_with_cell_and_the_user_s_own_frames(released: LocalWorkbench) -> None:
    ended = run(released, "orders", fail="exception")
    assert ended.failure is not None
    assert ended.failure.failure_class == "user_code"
    assert ended.failure.cell is not None
    assert "ZeroDivisionError" in ended.failure.message
    assert "1 / 0" in ended.failure.traceback
    assert "site-packages" not in ended.failure.traceback
    assert "ZeroDivisionError" in released.runs.notebook(ended.id)


def test_a_declared_output_that_is_missing_fails_the_run(released: LocalWorkbench) -> None:
    ended = run(released, "orders", fail="no output")
    assert ended.failure is not None
    assert (ended.failure.failure_class, ended.failure.code) == ("missing_output", "run.missing-output")
    assert "orders" in ended.failure.message


def test_a_retry_is_a_new_attempt_of_the_same_run(released: LocalWorkbench) -> None:
    failed = run(released, "orders", fail="exception")
    released.runs.retry(failed.id)
    work_until_idle(released)
    again = released.runs.get(failed.id)
    assert [attempt.number for attempt in again.attempts] == [1, 2]
    with pytest.raises(Conflict):
        released.runs.cancel(failed.id)


def test_a_contract_that_speaks_of_a_missing_column_says_which(busy_bench: LocalWorkbench) -> None:
    promote(busy_bench, "missing", orders("missing"), contracts={"missing": CONTRACT.replace("orders", "missing")})
    ended = run(busy_bench, "missing")
    assert ended.failure is not None
    assert ended.failure.failure_class == "contract"
    assert "comment" in ended.failure.message


def test_without_a_contract_the_first_run_proposes_one_and_the_next_is_held_to_it(busy_bench: LocalWorkbench) -> None:
    promote(busy_bench, "inferred", orders("inferred"))
    assert run(busy_bench, "inferred").state is RunState.SUCCEEDED
    view = busy_bench.contracts.get("sales.inferred")
    assert {column.name for column in view.columns} == {"id", "amount"}
    assert view.promises
    ended = run(busy_bench, "inferred", fail="duplicates")
    assert ended.failure is not None
    assert ended.failure.failure_class == "contract"


def test_a_run_records_exactly_what_it_read(released: LocalWorkbench) -> None:
    text = notebook(
        "import mesh_workbench as mesh\n"
        "frame = mesh.read('sales.orders').polars()\n"
        "mesh.output('totals', frame.select(mesh_total=frame['amount'].sum()))"
    )
    promote(released, "totals", text)
    ended = run(released, "totals")
    assert ended.state is RunState.SUCCEEDED, ended.failure
    [read] = ended.inputs
    assert (read.port, read.release) == ("sales.orders", released.releases.get("sales.orders").number)
    folder = released.context.storage.run_folder(ended.id)
    document = RunFolder.model_validate_json((folder / RUN_FILE).read_text())
    assert all(Path(file).is_file() for file in document.inputs["sales.orders"].files)
    assert released.products.get("sales.orders").consumers == ["sales.totals"]
    assert released.products.get("sales.orders").readers >= 1


def test_a_run_reads_as_the_identity_it_acts_for(released: LocalWorkbench) -> None:
    released.context.registry.products.change(
        released.context.registry.products.get("sales", "orders").id,  # type: ignore[union-attr]
        access="on_request",
    )
    rita = released.as_(Identity(name="rita"))
    with pytest.raises(Forbidden):
        rita.query.rows(QueryRequest(statement="SELECT * FROM sales.orders"))
    with pytest.raises(Forbidden):
        rita.runs.request(RunRequest(product="sales.orders"))
    grant = released.catalog.grant("sales.orders", "rita", purpose="audit")
    assert rita.query.rows(QueryRequest(statement="SELECT count(*) FROM sales.orders")).rows == [[20]]
    released.catalog.revoke(grant.id)
    with pytest.raises(Forbidden):
        rita.query.sample("sales.orders")


def test_a_slot_is_replaced_without_touching_the_others(busy_bench: LocalWorkbench) -> None:
    text = notebook(
        "import mesh_workbench as mesh\nimport polars as pl\n"
        "mesh.output('daily', pl.DataFrame({'day': [mesh.slot.start] * rows, 'n': range(rows)}), mode='replace_slot')",
        parameters="rows: int = 3",
    )
    promote(busy_bench, "daily", text, schedule=ScheduleDraft(cron="0 0 * * *", timezone="America/New_York"))
    days = [datetime(2013, 3, day, 12, tzinfo=UTC) for day in (9, 10)]  # the 10th has 23 hours there
    for day, rows in ((days[0], 3), (days[1], 4), (days[0], 5)):
        asked = busy_bench.runs.request(RunRequest(product="sales.daily", slot=day, parameters={"rows": rows}))
        work_until_idle(busy_bench)
        assert busy_bench.runs.get(asked.id).state is RunState.SUCCEEDED
        slot = busy_bench.runs.get(asked.id).slot
        assert slot is not None
    assert (slot.end - slot.start).total_seconds() == 24 * 3600
    page = busy_bench.query.rows(
        QueryRequest(statement="SELECT day, count(*) FROM sales.daily GROUP BY day ORDER BY day")
    )
    assert [count for _, count in page.rows] == [5, 4]


def test_a_waiting_run_is_cancelled_at_once_and_never_starts(released: LocalWorkbench) -> None:
    asked = released.runs.request(RunRequest(product="sales.orders"))
    assert released.runs.cancel(asked.id).state is RunState.CANCELLED
    work_until_idle(released)
    assert released.runs.get(asked.id).attempts == []


def test_wrong_parameters_are_refused_before_anything_is_queued(released: LocalWorkbench) -> None:
    before = len(released.runs.list("sales.orders").items)
    for parameters, code in (({"row": 1}, "parameter.unknown"), ({"rows": "many"}, "parameter.type")):
        with pytest.raises(InvalidInput) as refused:
            released.runs.request(RunRequest.model_validate({"product": "sales.orders", "parameters": parameters}))
        assert refused.value.code == code
    assert len(released.runs.list("sales.orders").items) == before


def test_the_same_idempotency_key_gives_the_same_run(released: LocalWorkbench) -> None:
    first = released.runs.request(RunRequest(product="sales.orders"), idempotency_key="k1")
    assert released.runs.request(RunRequest(product="sales.orders"), idempotency_key="k1").id == first.id
    released.runs.cancel(first.id)
