"""Executes a run in a kernel on this machine."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from mesh_workbench.errors import MeshError
from mesh_workbench.executors import failures
from mesh_workbench.executors.base import Cancelled, ExecutionResult, Job, OnProgress
from mesh_workbench.executors.environment import kernel_environment, referenced
from mesh_workbench.executors.fresh import FreshKernels
from mesh_workbench.executors.imports import imported
from mesh_workbench.executors.kernel import Kernels, Wanted
from mesh_workbench.executors.log import RunLog
from mesh_workbench.model.run import Failure, Progress
from mesh_workbench.model.runfolder import (
    EXECUTED_FILE,
    LOG_FILE,
    NOTEBOOK_FILE,
    RUN_FILE,
    TOUCHED_FILE,
    WORK_FOLDER,
    RunFolder,
)
from mesh_workbench.model.version import Environment, EnvironmentDifference

Describe = Callable[[str], Environment]
"""The environment of the kernelspec of that name; raises MeshError when it cannot be known."""
_MOST_TOLD = 10

_GRAMMAR = "rfc3987_syntax"
_IMPORTING = threading.Lock()


class LocalExecutor:
    """papermill's format and our engine, in the process of the worker: see base.Executor for what is promised."""

    def __init__(
        self, kernels: Kernels | None = None, *, root: Path | None = None, describe: Describe | None = None
    ) -> None:
        """`kernels` is where they come from, and is closed with this; without it each is started when it is wanted.
        `root` is the folder of the workbench, inside which notebooks may work in folders of their own. `describe` says
        what the environment of a kernel is now; without it nothing is compared."""
        self._kernels = kernels or FreshKernels()
        self._root = root
        self._describe = describe

    def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult:
        began = time.monotonic()
        try:
            run = RunFolder.model_validate_json((job.folder / RUN_FILE).read_bytes())
            (job.folder / WORK_FOLDER).mkdir(exist_ok=True)
            with closing(RunLog(job.folder / LOG_FILE, job.log_bytes)) as log:
                return self._execute(job, run, log, on_progress, cancelled, began)
        except FileNotFoundError as error:
            failure = failures.bad_folder(f"{Path(error.filename or job.folder).name} is missing")
        except ValidationError as error:
            failure = failures.bad_folder(f"{RUN_FILE} cannot be read ({error.errors()[0]['msg']})")
        except OSError as error:
            failure = failures.not_writable(error)
        return _ended(began, failure)

    def close(self) -> None:
        self._kernels.close()

    def _execute(
        self, job: Job, run: RunFolder, log: RunLog, on_progress: OnProgress, cancelled: Cancelled, began: float
    ) -> ExecutionResult:
        # papermill takes a second to import; only a process that executes should pay for it.
        _forgo_grammar()
        from mesh_workbench.executors.engine import MeshEngine
        from mesh_workbench.executors.execution import Setting
        from mesh_workbench.executors.injection import INJECTED, load_with_parameters
        from mesh_workbench.executors.saving import SeldomSaved

        on_progress(Progress(step="start", message=f"Starting kernel {job.kernel}"))
        try:
            notebook = load_with_parameters(job.folder / NOTEBOOK_FILE, run)
        except ValueError as error:
            return _ended(began, failures.bad_folder(f"{NOTEBOOK_FILE} is not a notebook ({error})"))
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        drift = self._drift(job.kernel, run, log)
        folder = job.folder.resolve()
        # What somebody gave as a parameter promises nothing: it is the author who says what the notebook may know.
        written = [cell.source for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
        promised = referenced([*written, *_modules(folder / WORK_FOLDER)])
        shared, own = kernel_environment(os.environ, folder, promised=promised, added=job.environment)
        wanted = Wanted(
            name=job.kernel,
            folder=self._working_folder(run, log) or folder / WORK_FOLDER / run.project_folder,
            shared=shared,
            own=own,
            imports=imported(code),
            secrets=tuple(f"env:{name}" for name in sorted(promised & own.keys())),
            witness=folder / TOUCHED_FILE if job.witness else None,
            identity=job.identity,
            cpus=job.limits.cpus,
        )
        setting = Setting(wanted, self._kernels, log, job.limits, on_progress, cancelled)
        saved = SeldomSaved(notebook, folder / EXECUTED_FILE, job.save_every_s)
        ending = MeshEngine.execute_managed_notebook(saved, setting)
        if ending.failure is not None:
            log.note(f"{ending.failure.code}: {ending.failure.message}\n{ending.failure.traceback}")
        return ExecutionResult(
            ok=ending.well,
            failure=ending.failure,
            cancelled=ending.cancelled,
            duration_s=time.monotonic() - began,
            drift=drift,
        )

    def _working_folder(self, run: RunFolder, log: RunLog) -> Path | None:
        """The folder of the notebook, if the run is to work there and it is on this machine, inside the workbench."""
        if run.cwd != "notebook" or self._root is None:
            return None
        root = self._root.resolve()
        found = (root / run.notebook_folder).resolve()
        if found.is_relative_to(root) and found.is_dir():
            return found
        log.note(f"the folder {run.notebook_folder} of the notebook is not here; the run works in a folder of its own")
        return None

    def _drift(self, kernel: str, run: RunFolder, log: RunLog) -> list[EnvironmentDifference]:
        """Where the kernel's environment is not the one that the version was promoted in; it is noted in the log."""
        if self._describe is None or run.environment is None:
            return []
        try:
            found = run.environment.differences(self._describe(kernel))
        except MeshError:  # starting the kernel will tell what is wrong
            return []
        if found:
            told = ", ".join(map(str, found[:_MOST_TOLD]))
            more = f", and {len(found) - _MOST_TOLD} more" if len(found) > _MOST_TOLD else ""
            log.note(f"the environment has changed since the version was promoted: {told}{more}")
        return found


def _ended(began: float, failure: Failure) -> ExecutionResult:
    return ExecutionResult(ok=False, failure=failure, duration_s=time.monotonic() - began)


def _forgo_grammar() -> None:
    """Let nbformat's validator do without international resource identifiers, of which notebooks have none: where the
    package for them is installed, importing it compiles a grammar for two seconds."""
    with _IMPORTING:  # several runs begin at once
        known = _GRAMMAR in sys.modules
        if not known:
            sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
        import nbformat  # noqa: F401

        if not known:
            del sys.modules[_GRAMMAR]


def _modules(folder: Path) -> Iterator[str]:
    """The Python files that were packaged with the notebook: they are its author's words, too."""
    for file in sorted(folder.rglob("*.py")):
        if not file.is_symlink() and file.is_file():
            yield file.read_text(encoding="utf-8", errors="replace")
