"""One notebook in one kernel that nobody has used, from its start to however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError, DeadKernelError

from mesh_workbench.executors import failures
from mesh_workbench.executors.base import Limits
from mesh_workbench.executors.client import RunClient
from mesh_workbench.executors.injection import INJECTED
from mesh_workbench.executors.kernel import Kernel, Kernels, NoKernel, Wanted
from mesh_workbench.executors.watch import Ending, Watch
from mesh_workbench.model.run import Failure, Progress

if TYPE_CHECKING:
    from mesh_workbench.executors.log import RunLog
    from mesh_workbench.executors.saving import SeldomSaved

POLL_S = 0.2
"""Seconds between two looks at cancellation and limits."""
INTERRUPT_S, TERMINATE_S = 2.0, 1.0
"""Seconds that an interrupted cell has to end, and then a terminated kernel, before everything is killed."""


@dataclass(frozen=True)
class Setting:
    """Where and within which limits a notebook is executed."""

    wanted: Wanted
    kernels: Kernels
    log: RunLog
    limits: Limits = field(default_factory=Limits)
    on_progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False


class _Stopped(Exception):
    """Leaves the cell loop with the way it ended."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self.ending = ending


class Execution:
    """Executes the notebook of `saved`; `run()` once."""

    def __init__(self, saved: SeldomSaved, setting: Setting) -> None:
        self._saved, self._setting = saved, setting
        self._watch = Watch(setting.limits, setting.cancelled)
        self._kernel: Kernel | None = None

    def run(self) -> Ending:
        """Blocks until it is done. Raises only what `on_progress`, `cancelled` and writing raise."""
        return asyncio.run(self._run())

    async def _run(self) -> Ending:
        ending = None
        try:
            kernel = await self._started()
            client = RunClient(self._saved.nb, kernel, self._setting.log)
            await self._guarded(client.conceal(self._setting.wanted.secrets))
            if self._setting.wanted.witness is not None:
                await self._guarded(client.watch(self._setting.wanted.witness))
            ending = await self._cells(client)
            client.set_widgets_metadata()
        except NoKernel as reason:
            self._tell_last_words()
            ending = Ending(failures.no_kernel(self._setting.wanted.name, str(reason), missing=reason.missing))
        except _Stopped as stopped:
            ending = stopped.ending
        except DeadKernelError:
            self._tell_last_words()
            ending = Ending(failures.kernel_died(kernel.exit_code, self._watch.cell))
        finally:
            if self._kernel is not None:
                self._kernel.stop(gently=ending is not None and ending.well)
        return ending

    async def _started(self) -> Kernel:
        async def start() -> None:
            deadline = time.monotonic() + self._setting.limits.start_s
            self._kernel = await self._setting.kernels.start(self._setting.wanted)
            self._watch.pid = self._kernel.pid
            await self._kernel.ready(deadline - time.monotonic())

        try:
            await self._guarded(start())
        except OSError as error:
            raise _Stopped(Ending(failures.not_writable(error))) from error
        assert self._kernel is not None
        return self._kernel

    async def _cells(self, client: RunClient) -> Ending:
        notebook = self._saved.nb
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        total = sum(not _injected(cell) for cell in code)
        done = shift = 0
        for index, cell in enumerate(notebook.cells):
            if _injected(cell):
                shift += 1
            self._watch.next_cell(index - shift)
            if cell.cell_type == "code" and cell.source.strip():
                if not _injected(cell):
                    done += 1
                    self._tell(Progress(step="run", cell=done, cells=total, line=_first_line(cell.source)))
                await self._one_cell(client, cell, index)
                if client.asked_to_leave:
                    break
        return Ending()

    async def _one_cell(self, client: RunClient, cell: Any, index: int) -> None:
        self._saved.cell_start(cell, index)
        try:
            await self._guarded(client.async_execute_cell(cell, index))
        except CellExecutionError as error:
            if error.ename == "SystemExit" and error.evalue in ("", "0", "None"):
                raise _Stopped(Ending()) from error
            self._saved.cell_exception(cell, cell_index=index)
            raise _Stopped(Ending(await self._failure(client, cell, error))) from error
        except (_Stopped, DeadKernelError):
            self._saved.cell_exception(cell, cell_index=index)
            raise
        finally:
            self._saved.cell_complete(cell, cell_index=index)

    async def _failure(self, client: RunClient, cell: Any, error: CellExecutionError) -> Failure:
        raw = [line for output in cell.outputs if output.output_type == "error" for line in output.traceback]
        return failures.cell_failed(
            error.ename,
            error.evalue,
            kernel=self._setting.wanted.name,
            cell=self._watch.cell or 0,
            cells_by_count=_cells_by_count(self._saved.nb),
            autopsy=await client.autopsy(),
            raw_traceback=raw,
        )

    async def _guarded(self, work: Coroutine[Any, Any, object]) -> None:
        """Await `work`, and end it when the run is cancelled or beyond a limit."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=POLL_S))[0]:
                ending = self._watch.reason_to_stop()
                if ending is not None:
                    await self._end(task)
                    raise _Stopped(ending)
                self._saved.save()
                if self._kernel is not None:
                    self._kernel.connection.printed.trim()
            task.result()
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, DeadKernelError, CellExecutionError, NoKernel):
                    await task
            elif not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain that nobody did

    async def _end(self, task: asyncio.Future[object]) -> None:
        """Interrupt, then terminate what does not listen. Whatever is left is killed when the kernel is stopped."""
        if self._kernel is None:
            return
        self._kernel.interrupt()
        if not (await asyncio.wait({task}, timeout=INTERRUPT_S))[0]:
            self._kernel.signal(signal.SIGTERM)
            await asyncio.wait({task}, timeout=TERMINATE_S)

    def _tell_last_words(self) -> None:
        """Into the log goes what a process has printed that ended by itself."""
        if self._kernel is not None:
            self._setting.log.printed(self._kernel.connection.printed.last_words())

    def _tell(self, progress: Progress) -> None:
        self._setting.log.note(f"cell {progress.cell} of {progress.cells}: {progress.line}")
        self._setting.on_progress(progress)


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
