"""One claimed run in a thread of its own, and what becomes of it when the code that executes it fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, MeshError
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, Run, RunState

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

ExecuteRun = Callable[[Run, str, int], None]
"""Brings a claimed run to a final state: (run, worker id, number of the attempt)."""

_log = logging.getLogger(__name__)


class Execution:
    """A run that this worker has claimed. `ended` is called from the thread when it is over."""

    def __init__(
        self,
        registry: Registry,
        execute_run: ExecuteRun,
        run: Run,
        worker_id: str,
        *,
        retry: RetryPolicy,
        ended: Callable[[], None],
    ) -> None:
        self.run = run
        self._retry = retry
        self._registry, self._execute_run, self._worker_id, self._ended = registry, execute_run, worker_id, ended
        self._attempt = run.attempts[-1].number
        # A daemon: a kernel that hangs must not keep the process when it was told to end.
        self._thread = threading.Thread(target=self._work, name=f"mesh-{run.id}", daemon=True)
        self._mine = True

    def start(self) -> None:
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def renew(self, lease_s: float) -> None:
        """Renew the claim; what was lost once is not asked for again."""
        if self._mine and not self._registry.runs.heartbeat(self.run.id, self._worker_id, self._attempt, lease_s):
            self._mine = False
            found = self._registry.runs.get(self.run.id)
            if found is not None and not found.state.final:  # it may have ended this very moment
                _log.warning("The run %s is not this worker's any more.", self.run.id)

    def give_back(self) -> bool:
        """Put the run back into the queue; False when it is being published or is over."""
        return self._registry.runs.give_back(self.run.id, worker_id=self._worker_id, attempt=self._attempt)

    def _work(self) -> None:
        with _Outcome() as outcome:
            self._execute_run(self.run, self._worker_id, self._attempt)
        try:
            self._see_to_its_end(outcome.error)
        except MeshError as fault:
            # Its lease ends by itself, and a sweep does the rest.
            _log.warning("The end of the run %s could not be recorded: %s", self.run.id, fault)
        finally:
            self._ended()

    def _see_to_its_end(self, error: Exception | None) -> None:
        """A run that its execution left in the middle fails here, at once and with the reason."""
        if isinstance(error, Conflict) and error.code == "run.not-mine":
            return  # it was lost or cancelled meanwhile, and told so where it was
        if error is not None:
            _log.error("The run %s of %s broke off: %s", self.run.id, self.run.product, error, exc_info=error)
        if not self._registry.runs.owns(self.run.id, self._worker_id, self._attempt):
            return
        self._registry.runs.finish(
            self.run.id,
            worker_id=self._worker_id,
            attempt=self._attempt,
            state=RunState.FAILED,
            failure=_failure(error),
            retry=self._retry,
        )


class _Outcome:
    """Remembers the error of its block instead of letting it end the thread unseen."""

    error: Exception | None = None

    def __enter__(self) -> _Outcome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
            return True
        return False


def _failure(error: Exception | None) -> Failure:
    if isinstance(error, MeshError):
        return Failure(failure_class="infrastructure", code=error.code, message=error.message, hint=error.hint)
    what = f"{type(error).__name__}: {error}" if error else "it ended without a result"
    return Failure(
        failure_class="infrastructure",
        code="run.broke-off",
        message=f"The workbench failed while it executed the run: {what}",
        hint="This is a fault of the workbench; the worker's log has the details. Run it again.",
    )
