"""An executor without kernels: what the notebook of a run would stage is said by the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mesh_workbench.executors.base import Cancelled, ExecutionResult, Job, OnProgress
from mesh_workbench.lifecycle.run import Hold, Limits, RunExecution
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, Progress, Run
from mesh_workbench.model.runfolder import OUTPUTS_FILE, RUN_FILE, STAGED_FOLDER, RunFolder, StagedOutput
from mesh_workbench.storage.base import Storage
from mesh_workbench.storage.normalise import to_arrow
from mesh_workbench.storage.parquet import write_staged
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.worker import inputs_of


@dataclass
class Staging:
    """Stages `frames` by output in each run, after `before`; with `failure` it fails instead."""

    frames: dict[str, Any]
    before: Callable[[], object] = lambda: None
    mode: OutputMode = "replace"
    failure: Failure | None = None
    executions: int = 0

    def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult:
        self.executions += 1
        on_progress(Progress(step="run", cell=1, cells=1))
        self.before()
        if cancelled():
            return ExecutionResult(ok=False, cancelled=True)
        if self.failure is not None:
            return ExecutionResult(ok=False, failure=self.failure)
        attempt = RunFolder.model_validate_json((job.folder / RUN_FILE).read_bytes()).attempt
        with (job.folder / OUTPUTS_FILE).open("a", encoding="utf-8") as manifest:
            for name, frame in self.frames.items():
                written = write_staged(to_arrow(frame), job.folder / STAGED_FOLDER / name)
                line = StagedOutput(
                    output=name,
                    attempt=attempt,
                    mode=self.mode,
                    files=[path.relative_to(job.folder).as_posix() for path in written.paths],
                    rows=written.rows,
                    bytes=written.bytes,
                    arrow_schema=written.arrow_schema,
                )
                manifest.write(line.model_dump_json() + "\n")
        return ExecutionResult(ok=True)

    def close(self) -> None:
        """Nothing is kept."""


def executed(bench: LocalWorkbench, executor: Staging, *, storage: Storage | None = None) -> Run:
    """The run that is next in the queue, after one attempt in this process."""
    context = bench.context
    run = context.registry.runs.claim("wrk_test", None, 60)
    assert run is not None
    RunExecution(
        registry=context.registry,
        storage=storage or context.storage,
        executor=executor,
        resolve_inputs=lambda run, names: inputs_of(context, run, names),
        log_reads=context.read_log.add,
        hold=Hold(run, "wrk_test", run.attempts[-1].number),
        limits=Limits(),
        retry=RetryPolicy(first_pause_s=0),
    ).execute()
    return bench.runs.get(run.id)
