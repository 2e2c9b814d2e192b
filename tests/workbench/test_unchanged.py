"""A run that would only repeat the current release ends as unchanged, without a kernel."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.runfolder import RUN_FILE, RunFolder
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.runs.staging import Staging, executed

DAY = datetime(2013, 3, 15, 12, tzinfo=UTC)
LOAD = "import mesh_workbench as mesh\nmesh.output('orders', [])"
SUM = "import mesh_workbench as mesh\nmesh.read('sales.orders')\nmesh.output('totals', []%s)"


def tagged(text: str, tag: str) -> str:
    """The notebook `text` with a tag on its last cell."""
    document = json.loads(text)
    document["cells"][-1]["metadata"]["tags"] = [tag]
    return json.dumps(document)


def promote(bench: LocalWorkbench, name: str, text: str) -> None:
    bench.products.promote(PromotionRequest(notebook=text, to=f"sales.{name}"))


def run(
    bench: LocalWorkbench, name: str, executor: Staging | None = None, mode: str = "replace", **asked: object
) -> Run:
    bench.runs.request(RunRequest.model_validate({"product": f"sales.{name}", **asked}))
    output = "orders" if name == "orders" else "totals"
    return executed(bench, executor or Staging({output: pl.DataFrame({"n": [1]})}, mode=mode))


@pytest.fixture
def totals(bench: LocalWorkbench) -> LocalWorkbench:
    """`sales.orders` without inputs and `sales.totals` that reads it, each released once."""
    promote(bench, "orders", notebook(LOAD))
    promote(bench, "totals", notebook(SUM % "", parameters="year: int = 2013"))
    for name in ("orders", "totals"):
        assert run(bench, name).state is RunState.SUCCEEDED
    return bench


def test_a_run_with_the_same_inputs_is_unchanged_and_points_at_the_release(totals: LocalWorkbench) -> None:
    nothing = Staging({})
    again = run(totals, "totals", nothing)
    assert (again.state, again.release, again.failure) == (RunState.UNCHANGED, 1, None)
    assert nothing.executions == 0
    assert again.progress.message == "Nothing changed since release 1"
    assert again.fingerprint
    assert [(each.port, each.release) for each in again.inputs] == [("sales.orders", 1)]
    assert [attempt.state for attempt in again.attempts] == [RunState.UNCHANGED]
    assert totals.releases.get("sales.totals").number == 1


def test_a_new_release_of_an_input_makes_a_new_release(totals: LocalWorkbench) -> None:
    assert run(totals, "orders").release == 2
    again = run(totals, "totals")
    assert (again.state, again.release) == (RunState.SUCCEEDED, 2)
    assert again.inputs[0].release == 2
    assert run(totals, "totals").state is RunState.UNCHANGED


def test_what_is_decided_about_is_what_is_read(totals: LocalWorkbench) -> None:
    run(totals, "orders")
    read: list[int] = []

    def meanwhile() -> None:
        [folder] = [each for each in totals.context.storage.runs.iterdir() if _reads(each.name)]
        read.append(RunFolder.model_validate_json((folder / RUN_FILE).read_bytes()).inputs["sales.orders"].release)

    def _reads(run_id: str) -> bool:
        found = totals.runs.get(run_id)
        return found.product == "sales.totals" and not found.state.final

    asked = run(totals, "totals", Staging({"totals": pl.DataFrame({"n": [2]})}, before=meanwhile))
    assert read == [2] == [each.release for each in asked.inputs]


@pytest.mark.parametrize("asked", [{"parameters": {"year": 2014}}, {"force": True}])
def test_other_parameters_or_force_make_a_new_release(totals: LocalWorkbench, asked: dict[str, object]) -> None:
    assert run(totals, "totals", **asked).state is RunState.SUCCEEDED


def test_a_default_that_is_written_out_is_no_other_parameter(totals: LocalWorkbench) -> None:
    assert run(totals, "totals", parameters={"year": 2013}).state is RunState.UNCHANGED


def test_a_new_version_makes_a_new_release(totals: LocalWorkbench) -> None:
    promote(totals, "totals", notebook(SUM % "", "# More", parameters="year: int = 2013"))
    assert run(totals, "totals").state is RunState.SUCCEEDED


def test_a_product_without_inputs_is_never_unchanged_unless_it_says_so(totals: LocalWorkbench) -> None:
    assert run(totals, "orders").state is RunState.SUCCEEDED
    promote(totals, "orders", tagged(notebook(LOAD), "deterministic"))
    assert [run(totals, "orders").state for _ in range(2)] == [RunState.SUCCEEDED, RunState.UNCHANGED]


def test_a_product_that_reads_more_than_its_inputs_says_so_and_always_runs(totals: LocalWorkbench) -> None:
    promote(totals, "totals", tagged(notebook(SUM % ""), "volatile"))
    assert [run(totals, "totals").state for _ in range(2)] == [RunState.SUCCEEDED, RunState.SUCCEEDED]


def test_a_run_that_appends_is_never_unchanged(totals: LocalWorkbench) -> None:
    promote(totals, "totals", notebook(SUM % ", mode='append'"))
    assert [run(totals, "totals", mode="append").state for _ in range(2)] == [RunState.SUCCEEDED, RunState.SUCCEEDED]


def test_each_slot_has_its_own_current_release(totals: LocalWorkbench) -> None:
    totals.schedules.set("sales.totals", ScheduleDraft(cron="0 0 * * *"))
    slots = [{"slot": DAY.replace(day=day), "mode": "replace_slot"} for day in (14, 15)]
    assert [run(totals, "totals", **slot).release for slot in slots] == [2, 3]
    again = [run(totals, "totals", **slot) for slot in slots]
    assert [(each.state, each.release) for each in again] == [(RunState.UNCHANGED, 2), (RunState.UNCHANGED, 3)]


def test_a_slot_whose_rows_were_replaced_since_is_made_again(totals: LocalWorkbench) -> None:
    totals.schedules.set("sales.totals", ScheduleDraft(cron="0 0 * * *"))
    slot = {"slot": DAY, "mode": "replace_slot"}
    assert run(totals, "totals", **slot).release == 2
    assert run(totals, "totals", force=True).release == 3  # it has no slot, and replaces everything
    assert run(totals, "totals", **slot).release == 4


def test_a_failed_run_is_made_again_though_its_inputs_are_the_same(totals: LocalWorkbench) -> None:
    run(totals, "orders")
    failed = run(totals, "totals", Staging({}))
    assert failed.failure is not None
    assert failed.failure.failure_class == "missing_output"
    assert run(totals, "totals").state is RunState.SUCCEEDED
    totals.runs.retry(failed.id)
    assert executed(totals, Staging({})).state is RunState.UNCHANGED  # somebody else was quicker
    other = run(totals, "totals", Staging({}), force=True)
    assert other.state is RunState.FAILED
    assert totals.runs.retry(other.id, force=True).forced
