"""Executes a run in a kernel on this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from mesh_workbench.executors import failures
from mesh_workbench.executors.base import Cancelled, ExecutionResult, Job, OnProgress
from mesh_workbench.executors.environment import kernel_environment, referenced
from mesh_workbench.model.run import Failure, Progress
from mesh_workbench.model.runfolder import (
    EXECUTED_FILE,
    LOG_FILE,
    NOTEBOOK_FILE,
    RUN_FILE,
    WORK_FOLDER,
    RunFolder,
)


class LocalExecutor:
    """papermill's format and our engine, in the process of the worker: see base.Executor for what is promised."""

    def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult:
        began = time.monotonic()
        try:
            run = RunFolder.model_validate_json((job.folder / RUN_FILE).read_bytes())
            (job.folder / WORK_FOLDER).mkdir(exist_ok=True)
            with (job.folder / LOG_FILE).open("a", encoding="utf-8", errors="replace") as log:
                return self._execute(job, run, log, on_progress, cancelled, began)
        except FileNotFoundError as error:
            failure = failures.bad_folder(f"{Path(error.filename or job.folder).name} is missing")
        except ValidationError as error:
            failure = failures.bad_folder(f"{RUN_FILE} cannot be read ({error.errors()[0]['msg']})")
        except OSError as error:
            failure = failures.not_writable(error)
        return _ended(began, failure)

    def _execute(
        self, job: Job, run: RunFolder, log: IO[str], on_progress: OnProgress, cancelled: Cancelled, began: float
    ) -> ExecutionResult:
        # papermill takes a second to import; only a process that executes should pay for it.
        from mesh_workbench.executors.engine import MeshEngine
        from mesh_workbench.executors.execution import Setting
        from mesh_workbench.executors.injection import load_with_parameters
        from mesh_workbench.executors.saving import SeldomSaved

        on_progress(Progress(step="start", message=f"Starting kernel {job.kernel}"))
        try:
            notebook = load_with_parameters(job.folder / NOTEBOOK_FILE, run)
        except ValueError as error:
            return _ended(began, failures.bad_folder(f"{NOTEBOOK_FILE} is not a notebook ({error})"))
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        folder = job.folder.resolve()
        setting = Setting(
            kernel=job.kernel,
            cwd=folder / WORK_FOLDER,
            env=kernel_environment(os.environ, folder, promised=referenced(code), added=job.environment),
            log=log,
            start_timeout_s=job.start_timeout_s,
            run_timeout_s=job.run_timeout_s,
            on_progress=on_progress,
            cancelled=cancelled,
        )
        saved = SeldomSaved(notebook, folder / EXECUTED_FILE, job.save_every_s)
        ending = MeshEngine.execute_managed_notebook(saved, setting)
        if ending.failure is not None:
            log.write(f"--- {ending.failure.code}: {ending.failure.message}\n{ending.failure.traceback}\n")
        return ExecutionResult(
            ok=ending.failure is None and not ending.cancelled,
            failure=ending.failure,
            cancelled=ending.cancelled,
            duration_s=time.monotonic() - began,
        )


def _ended(began: float, failure: Failure) -> ExecutionResult:
    return ExecutionResult(ok=False, failure=failure, duration_s=time.monotonic() - began)
