"""Attempts of one run: each counts for itself, and a registry that is away for a moment ends none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from mesh_workbench.errors import Conflict, Unavailable
from mesh_workbench.executors.base import Cancelled, ExecutionResult, Job, OnProgress
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import Failure, Progress, Run, RunRequest, RunState
from mesh_workbench.model.runfolder import EXECUTED_FILE, OUTPUTS_FILE, RUN_FILE, RunFolder
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.runs.staging import Staging, executed

DIED = Failure(failure_class="infrastructure", code="run.kernel-died", message="The kernel died.")
ONE, TWO = (pl.DataFrame({"id": list(range(rows))}) for rows in (1, 2))


@pytest.fixture
def asked(bench: LocalWorkbench) -> Run:
    """A run of `sales.orders` that waits."""
    text = notebook("import mesh_workbench as mesh\nmesh.output('orders', [])")
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders"))
    return bench.runs.request(RunRequest(product="sales.orders"))


def test_a_kernel_that_died_is_tried_again_and_each_attempt_tells_its_story(bench: LocalWorkbench, asked: Run) -> None:
    folder = bench.context.storage.run_folder(asked.id)
    waiting = executed(bench, Staging({}, failure=DIED, before=lambda: (folder / EXECUTED_FILE).write_text("first")))
    assert (waiting.state, waiting.failure) == (RunState.QUEUED, None)
    assert waiting.waiting is not None
    done = executed(bench, Staging({"orders": ONE}))
    assert (done.state, done.rows, done.failure) == (RunState.SUCCEEDED, {"orders": 1}, None)
    assert [attempt.failure for attempt in done.attempts] == [DIED, None]
    assert (folder / "executed-1.ipynb").read_text() == "first"


def test_what_the_kernel_of_an_earlier_attempt_still_stages_does_not_count(bench: LocalWorkbench, asked: Run) -> None:
    folder = bench.context.storage.run_folder(asked.id)
    executed(bench, Staging({"orders": ONE}, failure=DIED))
    late = Staging({"orders": TWO})

    def wake_up() -> None:
        """The first kernel goes on and stages, while the second attempt is at work."""
        document = RunFolder.model_validate_json((folder / RUN_FILE).read_bytes())
        assert document.attempt == 2
        (folder / RUN_FILE).write_text(document.model_copy(update={"attempt": 1}).model_dump_json())
        late.execute(Job(folder), lambda _: None, lambda: False)
        (folder / RUN_FILE).write_text(document.model_dump_json())

    done = executed(bench, Staging({"orders": ONE}, before=wake_up))
    assert len((folder / OUTPUTS_FILE).read_text().splitlines()) == 2
    assert (done.state, done.rows) == (RunState.SUCCEEDED, {"orders": 1})


def test_a_registry_that_is_away_for_a_moment_ends_no_run(bench: LocalWorkbench, asked: Run) -> None:
    file = Path(bench.context.settings.registry_url.removeprefix("sqlite:///"))

    class WhileAway(Staging):
        def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult:
            away = file.rename(file.with_name("away.db"))
            on_progress(Progress(step="run", cell=1, cells=1))
            assert not cancelled()
            away.rename(file)
            return super().execute(job, on_progress, cancelled)

    assert executed(bench, WhileAway({"orders": ONE})).state is RunState.SUCCEEDED


def test_a_run_that_is_not_this_worker_s_any_more_is_given_up(bench: LocalWorkbench, asked: Run) -> None:
    registry = bench.context.registry

    class Overtaken(Staging):
        def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult:
            assert not cancelled()
            registry.runs.give_back(asked.id, worker_id="wrk_test", attempt=1)
            assert cancelled()
            return ExecutionResult(ok=False, cancelled=True)

    with pytest.raises(Conflict, match="belongs to another worker"):
        executed(bench, Overtaken({}))
    assert bench.runs.get(asked.id).state is RunState.QUEUED


def test_a_publication_that_is_undone_only_later_fails_its_attempt_and_the_next_one_publishes(
    bench: LocalWorkbench, asked: Run
) -> None:
    class AwayForAMoment(LocalStorage):
        """Neither takes the files of a publication in nor gives them back at first."""

        silent = 2

        def answer(self) -> None:
            self.silent -= 1
            if self.silent >= 0:
                raise Unavailable("storage.full", "There is no room.")

        def move_in(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
            self.answer()
            super().move_in(run_id, table, moves)

        def move_out(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
            self.answer()
            super().move_out(run_id, table, moves)

    storage = AwayForAMoment(bench.context.storage.root)
    waiting = executed(bench, Staging({"orders": ONE}), storage=storage)
    assert (waiting.state, waiting.attempts[0].failure.code) == (RunState.QUEUED, "publish.unfinished")
    assert bench.context.registry.publications.unfinished(asked.product_id) is None
    done = executed(bench, Staging({"orders": ONE}), storage=storage)
    assert (done.state, done.release) == (RunState.SUCCEEDED, 1)
