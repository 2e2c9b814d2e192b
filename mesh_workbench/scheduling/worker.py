"""The loop of a worker: fire schedules, claim runs and execute them, say that it is alive, sweep after others.

- The loop itself never waits for a run: each has a thread, and one more thread renews the leases of all of them.
- A registry that does not answer for a while is waited for; runs that go on meanwhile keep going.
- When it is asked to stop it claims nothing more, waits for what it has, and gives the rest back to the queue.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError, Unavailable
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.queue import QueueLimits
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Run
from mesh_workbench.model.status import Worker as WorkerRecord
from mesh_workbench.scheduling.backfill import look_after
from mesh_workbench.scheduling.execution import ExecuteRun, Execution
from mesh_workbench.scheduling.rearm import ClockWatch, rearm
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

_LONGEST_PAUSE_S = 10.0
_LISTEN_S = 0.05
_FORGET_S = 86_400.0

_log = logging.getLogger(__name__)


class Worker:
    """Works until it is told to stop.

    `execute_run(run, worker_id, attempt)` brings a claimed run to a final state; `recover()` finishes what publishers
    left unfinished; both may take long, and errors of theirs end the run or are tried again, never the worker.
    With `identity` it claims only runs on behalf of it. `processes_of(run id)` finds what attempts of a run have left
    on this machine, and what it returns ends exactly that. `grace_s` is how long stopping waits for runs to end.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        execute_run: ExecuteRun,
        recover: Callable[[], object],
        identity: str | None,
        slots: int,
        settings: Settings,
        processes_of: Callable[[str], Callable[[], object]] = lambda _: lambda: None,
        grace_s: float = 10.0,
    ) -> None:
        self.id = new_id("wrk")
        self._registry, self._execute_run, self._recover = registry, execute_run, recover
        self._identity, self._slots, self._settings, self._grace_s = identity, slots, settings, grace_s
        self._processes_of = processes_of
        self._limits, self._retry = QueueLimits.of(settings), RetryPolicy.of(settings)
        self._started = now()
        self._executions: list[Execution] = []
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._silent = False
        self._pause_s = settings.tick_s
        self._next_sweep = 0.0
        self._seen = ""
        """The newest run that waited when runs were last claimed."""
        self._ticker, self._clock = Ticker(registry, by=self.id), ClockWatch()

    def work(self, stop: threading.Event, *, until_idle: bool = False) -> None:
        """Work until `stop` is set, or with `until_idle` until nothing waits and nothing is being worked on."""
        beats = threading.Thread(target=self._beat, name="mesh-heartbeat", daemon=True)
        beats.start()
        try:
            while not stop.is_set():
                self._wake.clear()
                idle = self._round()
                if until_idle and idle and not self._ticker.behind():
                    return
                self._rest()
        finally:
            self._let_end()
            # No heartbeat may come after the goodbye.
            self._ended.set()
            beats.join()
            self._leave()

    def _rest(self) -> None:
        """Wait for the next look at everything. It comes at once when a run ends, so that its place does not stay
        empty, and when somebody asks for one, who may sit in front of a screen."""
        ends = time.monotonic() + self._pause_s
        try:
            while not self._wake.wait(max(0.0, min(_LISTEN_S, ends - time.monotonic()))):
                free = len(self._executions) < self._slots
                if time.monotonic() >= ends or (free and self._registry.runs.newest_waiting() > self._seen):
                    return
        except MeshError:
            self._wake.wait(max(0.0, ends - time.monotonic()))  # the next round says what is wrong

    def _round(self) -> bool:
        """Everything once; whether there was nothing to do."""
        try:
            if time.monotonic() >= self._next_sweep:
                self._sweep()
                self._next_sweep = time.monotonic() + min(self._settings.lease_s / 4, self._settings.heartbeat_s)
            else:
                self._end_lost()
            if self._clock.set_back(self._registry.now()):
                rearm(self._registry)
            self._ticker.tick()
            look_after(self._registry, by=self.id)
            self._executions = [execution for execution in self._executions if execution.alive]
            self._claim()
            rest_s = self._ticker.rest_s()
        except Unavailable as fault:
            self._unreachable(fault)
            return False
        except MeshError as fault:
            _log.error("A round of the worker failed and is tried again: %s", fault, exc_info=fault)
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
            return False
        self._reachable(rest_s)
        return not self._executions

    def _sweep(self) -> None:
        """Resolve what others left: first publications, because no attempt may start before, then runs."""
        self._recover()
        self._end_lost()
        self._registry.workers.forget(_FORGET_S)

    def _end_lost(self) -> None:
        """End what nobody works on any more, or what somebody does not stop working on though asked to."""
        for run in self._registry.runs.expired():
            end_processes = self._processes_of(run.id)  # looked for before the next attempt can begin
            after = self._registry.runs.lose(run, retry=self._retry)
            if after is not None:
                end_processes()
                _log.warning("The run %s of %s lost its worker; it is %s now.", run.id, run.product, after.state.value)

    def _claim(self) -> None:
        self._seen = self._registry.runs.newest_waiting()
        while len(self._executions) < self._slots:
            run = self._registry.runs.claim(self.id, self._identity, self._settings.lease_s, self._limits)
            if run is None:
                return
            self._executions.append(self._start(run))

    def _start(self, run: Run) -> Execution:
        _log.info("The run %s of %s begins, attempt %d.", run.id, run.product, run.attempts[-1].number)
        if len(run.attempts) > 1:
            self._processes_of(run.id)()  # an earlier attempt may have been lost on this machine, too
        execution = Execution(self._registry, self._execute_run, run, self.id, retry=self._retry, ended=self._wake.set)
        execution.start()
        return execution

    def _beat(self) -> None:
        """Say that this worker is alive, and renew its claims, until the loop has ended."""
        while True:
            try:
                self._beat_once()
            except MeshError as fault:
                _log.debug("A heartbeat did not arrive: %s", fault)
            if self._ended.wait(self._settings.heartbeat_s):
                return

    def _beat_once(self) -> None:
        executions = [execution for execution in list(self._executions) if execution.alive]
        for execution in executions:
            execution.renew(self._settings.lease_s)
        self._registry.workers.beat(
            WorkerRecord(
                id=self.id,
                identity=self._identity or "*",
                host=socket.gethostname(),
                pid=os.getpid(),
                started=self._started,
                seen=now(),
                busy=len(executions),
                slots=self._slots,
            )
        )

    def _let_end(self) -> None:
        """Wait for runs to end, within the grace time."""
        deadline = time.monotonic() + self._grace_s
        for execution in self._executions:
            execution.join(max(0.0, deadline - time.monotonic()))

    def _leave(self) -> None:
        """Give back what has not ended, and say goodbye."""
        try:
            for execution in self._executions:
                if execution.alive and execution.give_back():
                    _log.warning("The run %s is back in the queue: its worker was stopped.", execution.run.id)
            self._registry.workers.remove(self.id)
        except MeshError as fault:
            _log.warning("The registry was not told that this worker ends; leases end by themselves: %s", fault)

    def _unreachable(self, fault: Unavailable) -> None:
        if not self._silent:
            _log.warning("The worker waits: %s", fault)
            self._silent = True
        self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    def _reachable(self, rest_s: float | None) -> None:
        if self._silent:
            _log.warning("The worker goes on.")
            self._silent = False
        # The next fire is awaited to the moment; what others do meanwhile is looked for.
        self._pause_s = self._settings.tick_s if rest_s is None else min(self._settings.tick_s, rest_s)
