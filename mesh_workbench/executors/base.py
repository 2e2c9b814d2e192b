"""Where a notebook is executed: the seam between a run and the machine that does the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mesh_workbench.model.run import Failure, Progress
from mesh_workbench.model.version import EnvironmentDifference

OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Limits:
    """What one run may use; 0 means no limit."""

    start_s: float = 60.0
    """Seconds that the kernel may take to answer for the first time; there is always a limit."""
    run_s: float = 0.0
    """Seconds that the whole notebook may take."""
    cell_s: float = 0.0
    """Seconds that one cell may take."""
    memory: int = 0
    """Bytes of memory that the kernel may use, with everything that it started."""
    cpus: int = 0
    """Processors that it may use at the same time."""


@dataclass(frozen=True)
class Job:
    """What to execute: a run folder with `run.json` (model.runfolder.RunFolder) and `notebook.ipynb`, and within
    which limits. Everything else is in the folder, so that any machine that sees the folder can do the work.
    """

    folder: Path
    kernel: str = "python3"
    identity: str = ""
    """On whose behalf; kernels that are kept ready are never shared between identities."""
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables to add for the kernel."""
    save_every_s: float = 5.0
    """Seconds between two writes of the executed notebook while it runs."""
    witness: bool = False
    """Whether what the notebook opens and misses is noted in the folder (model.runfolder.TOUCHED_FILE)."""
    log_bytes: int = 20_000_000
    """Bytes that the log of the run may have; what is printed after that is lost."""


@dataclass(frozen=True)
class ExecutionResult:
    """How it ended. Exactly one holds: `ok`, `cancelled`, or there is a `failure`."""

    ok: bool
    failure: Failure | None = None
    duration_s: float = 0.0
    cancelled: bool = False
    drift: list[EnvironmentDifference] = field(default_factory=list)
    """Where the kernel's environment is not the one that the run folder names."""


class Executor(Protocol):
    """Executes the notebook of a run folder; everything before and after is not its business.

    `execute` blocks until the notebook is done. It calls `on_progress` before each code cell, and asks `cancelled`
    at least once a second; when that says yes, or when `on_progress` raises, the kernel and all its children are
    ended. The executed notebook is in the folder afterwards, however it ended. What the notebook does wrong and what
    fails around it come back as a `Failure`, never as an exception; only what `on_progress` and `cancelled` raise is
    passed on. Several executions may go on at once, in threads of one process.
    """

    def execute(self, job: Job, on_progress: OnProgress, cancelled: Cancelled) -> ExecutionResult: ...

    def close(self) -> None:
        """End what is kept between executions, and those that still go on. Called once, when the worker ends."""
        ...
