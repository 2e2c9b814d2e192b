"""What ends a run before its notebook does: a wish, a limit, or a kernel that is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mesh_workbench.executors import failures
from mesh_workbench.executors.base import Limits
from mesh_workbench.executors.memory import used_by
from mesh_workbench.model.run import Failure


@dataclass(frozen=True)
class Ending:
    """How a run ended: with a failure, cancelled, or well."""

    failure: Failure | None = None
    cancelled: bool = False

    @property
    def well(self) -> bool:
        return self.failure is None and not self.cancelled


@dataclass
class Watch:
    """Looks at the limits of one run; the run tells it which cell begins."""

    limits: Limits
    cancelled: Callable[[], bool]
    pid: int | None = None
    """The kernel's process, when there is one."""
    cell: int | None = None
    """Index in the frozen notebook of the cell that is running."""
    _began: float = field(default_factory=time.monotonic)
    _cell_began: float = field(default_factory=time.monotonic)

    def next_cell(self, index: int) -> None:
        """The cell at `index` begins."""
        self.cell = index
        self._cell_began = time.monotonic()

    def reason_to_stop(self) -> Ending | None:
        """Why the run must end now; None when it may go on. Raises what `cancelled` raises."""
        if self.cancelled():
            return Ending(cancelled=True)
        now, limits = time.monotonic(), self.limits
        if limits.run_s and now - self._began > limits.run_s:
            return Ending(failures.timed_out("run", limits.run_s, self.cell))
        if self.cell is not None and limits.cell_s and now - self._cell_began > limits.cell_s:
            return Ending(failures.timed_out("cell", limits.cell_s, self.cell))
        if limits.memory and self.pid is not None:
            used = used_by(self.pid, more_than=limits.memory)
            if used > limits.memory:
                return Ending(failures.too_much_memory(used, limits.memory, self.cell))
        return None
