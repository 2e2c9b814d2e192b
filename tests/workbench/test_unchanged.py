"""A run that would only repeat the current release ends as unchanged, without a kernel."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import polars as pl
import pytest

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.model.runfolder import RUN_FILE, RunFolder
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import run_worker
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


MONTHS = [datetime(2013, number, 1, tzinfo=UTC) for number in (1, 2, 3, 4)]
BY_SLOT = """
import mesh_workbench as mesh
%load_ext mesh_workbench
slot = mesh.slot
try:
    extra = mesh.read("sales.orders", slot="2013-03").polars()["n"].to_list() if early else []
except mesh.errors.NotFound:
    extra = []
"""
ASK = "%%mesh rows\nSELECT max(o.n) AS n FROM sales.orders AT (VERSION => {slot: $slot}) o WHERE o.kind = 'a'"
SHOW = 'mesh.output("totals", rows.polars())'


@pytest.fixture
def by_month(bench: LocalWorkbench) -> LocalWorkbench:
    """Orders and totals by month; totals reads of the orders those of its own month, in a real kernel."""
    promote(bench, "orders", notebook(LOAD))
    bench.schedules.set("sales.orders", ScheduleDraft(cron="0 0 1 * *"))
    for start in MONTHS[:2]:
        orders(bench, start, 1)
    promote(bench, "totals", notebook(BY_SLOT.strip(), ASK, SHOW, parameters="early: bool = False"))
    bench.schedules.set("sales.totals", ScheduleDraft(cron="0 0 1 * *"))
    return bench


def orders(bench: LocalWorkbench, slot: datetime, n: int, **more: list[object]) -> None:
    """A month of orders, published anew."""
    frame = pl.DataFrame({"n": [n, 100], "kind": ["a", "b"], "note": ["", ""], **more})
    made = run(bench, "orders", Staging({"orders": frame}, mode="replace_slot"), slot=slot)
    assert made.state is RunState.SUCCEEDED, made.failure


def total(bench: LocalWorkbench, slot: datetime, **parameters: object) -> Run:
    """A run of the totals of a month, by a worker."""
    asked = bench.runs.request(RunRequest(product="sales.totals", slot=slot, parameters=parameters))  # type: ignore[arg-type]
    run_worker(bench.context.settings.root, stop=threading.Event(), until_idle=True)
    done = bench.runs.get(asked.id)
    assert done.state in (RunState.SUCCEEDED, RunState.UNCHANGED), done.failure
    return done


def test_another_slot_of_an_input_is_no_change_for_a_run_that_read_its_own(by_month: LocalWorkbench) -> None:
    january, february, march, _ = MONTHS
    first = total(by_month, january)
    assert first.state is RunState.SUCCEEDED
    [read] = first.inputs
    assert (read.release, len(read.slots or [])) == (2, 1)

    orders(by_month, march, 3)  # another slot
    again = total(by_month, january)
    assert (again.state, again.release) == (RunState.UNCHANGED, first.release)
    assert [read.release for read in again.inputs] == [3]
    assert total(by_month, february).state is RunState.SUCCEEDED

    orders(by_month, january, 5)  # its own
    anew = total(by_month, january)
    assert anew.state is RunState.SUCCEEDED
    assert by_month.query.sample("sales.totals", slot="2013-01").rows == [[5]]
    assert total(by_month, january).state is RunState.UNCHANGED

    orders(by_month, february, 2, more=[1, 2])  # a column for all slots, in the files of another
    assert total(by_month, january).state is RunState.SUCCEEDED


def test_a_slot_that_was_looked_for_in_vain_is_a_change_when_it_comes(by_month: LocalWorkbench) -> None:
    january, _, march, april = MONTHS
    assert total(by_month, january, early=True).state is RunState.SUCCEEDED
    orders(by_month, april, 4)
    assert total(by_month, january, early=True).state is RunState.UNCHANGED
    orders(by_month, march, 3)
    assert total(by_month, january, early=True).state is RunState.SUCCEEDED


def test_the_columns_that_a_run_reads_in_sql_are_logged(by_month: LocalWorkbench) -> None:
    done = total(by_month, MONTHS[0])
    product = by_month.products.get("sales.orders")
    reads = by_month.context.registry.reads
    [use] = [one for one in reads.uses(product.id, done.created) if one.product == "sales.totals"]
    assert (use.columns, use.reads) == (("n", "kind"), 1)
    assert total(by_month, MONTHS[0]).state is RunState.UNCHANGED  # it reads nothing
    [use] = [one for one in reads.uses(product.id, done.created) if one.product == "sales.totals"]
    assert use.reads == 1
    total(by_month, MONTHS[0], early=True)  # mesh.read takes files, with all columns
    assert {one.columns for one in reads.uses(product.id, done.created)} == {("n", "kind"), ()}


def test_a_read_past_the_notes_counts_as_all(totals: LocalWorkbench) -> None:
    """A kernel with an older version of this package notes nothing."""
    assert [read.slots for read in totals.runs.list("sales.totals").items[0].inputs] == [None]
