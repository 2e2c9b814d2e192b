"""One notebook in one fresh kernel, from its start to however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError, DeadKernelError

from mesh_workbench.executors import failures
from mesh_workbench.executors.client import RunClient
from mesh_workbench.executors.injection import INJECTED
from mesh_workbench.executors.kernel import Kernel, NoKernel
from mesh_workbench.model.run import Failure, Progress

if TYPE_CHECKING:
    from mesh_workbench.executors.saving import SeldomSaved

POLL_S = 0.2
"""Seconds between two looks at cancellation and time limit."""
INTERRUPT_S = 2.0
"""Seconds that an interrupted cell has to end, before the kernel is killed."""


@dataclass(frozen=True)
class Ending:
    """How it ended: with a failure, cancelled, or well."""

    failure: Failure | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class Setting:
    """Where and within which limits a notebook is executed."""

    kernel: str
    cwd: Path
    env: dict[str, str]
    log: IO[str] | None = None
    start_timeout_s: float = 60.0
    run_timeout_s: float = 0.0
    on_progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False


class _Stopped(Exception):
    """Leaves the cell loop with the way it ended."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self.ending = ending


@dataclass
class Execution:
    """Executes the notebook of `saved`; `run()` once."""

    saved: SeldomSaved
    setting: Setting
    _began: float = field(default_factory=time.monotonic)
    _cell: int | None = None
    """Index in the frozen notebook of the cell that is running."""

    def run(self) -> Ending:
        """Blocks until it is done. Raises only what `on_progress`, `cancelled` and writing raise."""
        return asyncio.run(self._run())

    async def _run(self) -> Ending:
        try:
            kernel = Kernel(self.setting.kernel)
        except OSError as error:
            return Ending(failures.not_writable(error))
        gently = False
        try:
            await self._watch(kernel, self._start(kernel))
            client = RunClient(self.saved.nb, manager=kernel.manager, client=kernel.client, log=self.setting.log)
            await self._cells(kernel, client)
            gently = True
            client.set_widgets_metadata()
        except _Stopped as stopped:
            gently = stopped.ending.failure is None and not stopped.ending.cancelled
            return stopped.ending
        except DeadKernelError:
            await asyncio.sleep(0.05)  # let the process's status arrive
            return Ending(failures.kernel_died(kernel.exit_code, self._cell))
        finally:
            await kernel.stop(gently=gently)
        return Ending()

    async def _start(self, kernel: Kernel) -> None:
        setting = self.setting
        try:
            await kernel.start(cwd=setting.cwd, env=setting.env, log=setting.log, timeout_s=setting.start_timeout_s)
        except NoKernel as reason:
            raise _Stopped(Ending(failures.no_kernel(setting.kernel, str(reason), missing=reason.missing))) from reason

    async def _cells(self, kernel: Kernel, client: RunClient) -> None:
        notebook = self.saved.nb
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        total = sum(not _injected(cell) for cell in code)
        done = shift = 0
        for index, cell in enumerate(notebook.cells):
            if _injected(cell):
                shift += 1
            self._cell = index - shift
            if cell.cell_type == "code" and cell.source.strip():
                if not _injected(cell):
                    done += 1
                    self._tell(Progress(step="run", cell=done, cells=total, line=_first_line(cell.source)))
                await self._one_cell(kernel, client, cell, index)
                if client.asked_to_leave:
                    return

    async def _one_cell(self, kernel: Kernel, client: RunClient, cell: Any, index: int) -> None:
        self.saved.cell_start(cell, index)
        try:
            await self._watch(kernel, client.async_execute_cell(cell, index))
        except CellExecutionError as error:
            if error.ename == "SystemExit" and error.evalue in ("", "0", "None"):
                raise _Stopped(Ending()) from error
            self.saved.cell_exception(cell, cell_index=index)
            raise _Stopped(Ending(await self._failure(client, cell, error))) from error
        except (_Stopped, DeadKernelError):
            self.saved.cell_exception(cell, cell_index=index)
            raise
        finally:
            self.saved.cell_complete(cell, cell_index=index)

    async def _failure(self, client: RunClient, cell: Any, error: CellExecutionError) -> Failure:
        raw = [line for output in cell.outputs if output.output_type == "error" for line in output.traceback]
        return failures.cell_failed(
            error.ename,
            error.evalue,
            kernel=self.setting.kernel,
            cell=self._cell or 0,
            cells_by_count=_cells_by_count(self.saved.nb),
            autopsy=await client.autopsy(),
            raw_traceback=raw,
        )

    async def _watch(self, kernel: Kernel, work: Coroutine[Any, Any, Any]) -> None:
        """Await `work`, and end it when the run is cancelled or out of time."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=POLL_S))[0]:
                ending = self._reason_to_stop()
                if ending is not None:
                    await kernel.interrupt()
                    await asyncio.wait({task}, timeout=INTERRUPT_S)
                    raise _Stopped(ending)
                self.saved.save()
            task.result()
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, DeadKernelError, CellExecutionError, NoKernel):
                    await task
            elif not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain that nobody did

    def _reason_to_stop(self) -> Ending | None:
        if self.setting.cancelled():
            return Ending(cancelled=True)
        limit = self.setting.run_timeout_s
        if limit and time.monotonic() - self._began > limit:
            return Ending(failures.timed_out(limit, self._cell))
        return None

    def _tell(self, progress: Progress) -> None:
        if self.setting.log is not None:
            self.setting.log.write(f"--- cell {progress.cell} of {progress.cells}: {progress.line}\n")
            self.setting.log.flush()
        self.setting.on_progress(progress)


def _injected(cell: Any) -> bool:
    return INJECTED in cell.metadata.get("tags", []) and cell.get("cell_type") == "code"


def _first_line(source: str) -> str:
    """The first line that says something, for people who watch."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("#")), lines[0])[:120]


def _cells_by_count(notebook: Any) -> dict[int, int]:
    """Execution count to index in the frozen notebook."""
    found: dict[int, int] = {}
    shift = 0
    for index, cell in enumerate(notebook.cells):
        if _injected(cell):
            shift += 1
        elif cell.cell_type == "code" and cell.get("execution_count"):
            found[cell.execution_count] = index - shift
    return found
