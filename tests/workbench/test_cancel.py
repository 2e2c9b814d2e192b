"""A run can be cancelled at every step until its first commit; after that it is published, whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Run, RunRequest, RunState
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.runs.staging import Staging, executed

ROWS = {"orders": pl.DataFrame({"id": [1, 2]}), "totals": pl.DataFrame({"n": [2]})}
CELL = "import mesh_workbench as mesh\nmesh.output('orders', [])\nmesh.output('totals', [])"


@pytest.fixture
def sales(bench: LocalWorkbench) -> LocalWorkbench:
    """A workbench with `sales.orders`, released once."""
    bench.products.promote(PromotionRequest(notebook=notebook(CELL), to="sales.orders"))
    bench.runs.request(RunRequest(product="sales.orders"))
    assert executed(bench, Staging(ROWS)).state is RunState.SUCCEEDED
    return bench


class Interrupting(LocalStorage):
    """A storage that calls `then` when `step` of publishing is about to be done, or has been."""

    def __init__(self, root: Path, step: str, then: Callable[[], object]) -> None:
        super().__init__(root)
        self._step, self._then = step, then

    def move_in(self, *arguments: Any) -> None:
        self._at("move")
        super().move_in(*arguments)

    def shape(self, *arguments: Any, **more: Any) -> int:
        self._at("shape")
        return super().shape(*arguments, **more)

    def commit(self, *arguments: Any, **more: Any) -> int:
        self._at("commit")
        committed = super().commit(*arguments, **more)
        self._at("committed")
        return committed

    def _at(self, step: str) -> None:
        if step == self._step:
            self._then()


def cancelled_at(sales: LocalWorkbench, step: str) -> Run:
    """A run that somebody cancels when its publication is at `step`, after its attempt."""
    run = sales.runs.request(RunRequest(product="sales.orders"))
    asked: list[Run] = []

    def cancel() -> None:
        if not asked:
            asked.append(sales.runs.cancel(run.id))

    storage = Interrupting(sales.context.storage.root, step, cancel)
    after = executed(sales, Staging(ROWS, before=cancel if step == "notebook" else lambda: None), storage=storage)
    assert asked, f"the step {step} is never reached"
    return after


def cancelled_while_checking(bench: LocalWorkbench, run: Run, executor: Staging) -> Run:
    """The run after its attempt, which is cancelled once its rows are checked or wait for it."""

    def cancel() -> None:
        deadline = time.monotonic() + 20
        while bench.runs.get(run.id).state is not RunState.CHECKING and time.monotonic() < deadline:
            time.sleep(0.02)
        bench.runs.cancel(run.id)

    somebody = threading.Thread(target=cancel)
    somebody.start()
    after = executed(bench, executor)
    somebody.join()
    return after


@pytest.mark.parametrize("step", ["notebook", "move", "shape"])
def test_a_run_that_is_cancelled_before_its_first_commit_publishes_nothing(sales: LocalWorkbench, step: str) -> None:
    run = cancelled_at(sales, step)
    assert (run.state, run.release, run.failure) == (RunState.CANCELLED, None, None)
    assert sales.releases.get("sales.orders").number == 1
    folder = sales.context.storage.run_folder(run.id)
    assert step == "notebook" or len(list(folder.glob("staged/*/*.parquet"))) == 2  # what was staged is where it was
    sales.runs.request(RunRequest(product="sales.orders"))
    assert executed(sales, Staging(ROWS)).release == 2


@pytest.mark.parametrize("step", ["commit", "committed"])
def test_a_run_that_is_cancelled_from_its_first_commit_on_is_published_whole(sales: LocalWorkbench, step: str) -> None:
    run = cancelled_at(sales, step)
    assert (run.state, run.release) == (RunState.SUCCEEDED, 2)
    assert sales.releases.get("sales.orders").number == 2


def test_a_run_that_waits_for_another_publisher_is_cancelled(sales: LocalWorkbench) -> None:
    registry = sales.context.registry
    product = sales.products.get("sales.orders")
    registry.publications.acquire_lock(product.id, "somebody else", 60)
    run = sales.runs.request(RunRequest(product="sales.orders"))
    assert cancelled_while_checking(sales, run, Staging(ROWS)).state is RunState.CANCELLED


def test_a_check_that_takes_for_ever_is_given_up(bench: LocalWorkbench) -> None:
    forever = "SELECT count(*) FROM {object} a, {object} b, {object} c WHERE a.id + b.id * c.id = -1"
    contract = f"""apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {{name: id, logicalType: integer}}
    quality:
      - {{type: sql, query: "{forever}", mustBe: 0}}
"""
    text = notebook("import mesh_workbench as mesh\nmesh.output('orders', [])")
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders", contracts={"orders": contract}))
    run = bench.runs.request(RunRequest(product="sales.orders"))
    after = cancelled_while_checking(bench, run, Staging({"orders": pl.DataFrame({"id": range(100_000)})}))
    assert (after.state, after.report_id) == (RunState.CANCELLED, None)
