"""Forks a child for each run, watches over it, and sees that nothing of its run is left.

For each run the worker sends one end of a socket. The order (arguments, folder, variables) and the log come in there;
pid and status of the child go out. When the worker closes it, the run is over: the child is killed with everything
below it. A child adopts what its own children leave behind, so that all of it stays below; what comes up to here was
left by a child that has ended.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from typing import Any

from mesh_workbench.executors.inside.system import (
    adopt_orphans,
    children,
    descendants,
    die_with_parent,
    kill,
    outlive_parent,
    threads,
)
from mesh_workbench.executors.inside.talk import GENTLY, RETIRE, receive, say

GENTLE_STOP_S = 2.0
"""Seconds that a kernel has, after it was asked to leave, for what the notebook registered to happen at exit."""
ORDER_TIMEOUT_S = 10.0
MARK = "MESH_RUN_FOLDER"
"""The variable that names the run."""


class Forks:
    """Serves one worker, in a process with one thread."""

    def __init__(self, worker: socket.socket) -> None:
        adopt_orphans()
        outlive_parent()  # for the moment that it takes to end what was forked
        self._worker = worker
        self._retired = False
        self._kernels: dict[int, Forked] = {}
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        self._poll = select.poll()
        self._poll.register(worker, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def serve(self) -> tuple[dict[str, Any], int]:
        """Returns in a child, with its order and its log. The process that serves never does: it ends when the worker
        closes its socket, and with it whatever it has forked."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        while True:
            for number, _ in self._poll.poll(self._patience_ms()):
                if number == self._worker.fileno():
                    found = self._next()
                    if found is not None:
                        return found
                elif number == self._woken:
                    os.read(self._woken, 4096)
                else:
                    self._poll.unregister(number)
                    self._kernels[number].let_go()
            for number, kernel in list(self._kernels.items()):
                if kernel.is_over():
                    del self._kernels[number]
            self._reap_orphans()
            if self._retired and not self._kernels:
                os._exit(0)

    def _next(self) -> tuple[dict[str, Any], int] | None:
        """Fork for the next order; nothing in the parent."""
        word, numbers, _, _ = socket.recv_fds(self._worker, 1, 1)
        if word == RETIRE:
            self._retired = True
            return None
        if not numbers:
            for kernel in self._kernels.values():
                kernel.end()
            os._exit(0)
        run = socket.socket(fileno=numbers[0])
        run.settimeout(ORDER_TIMEOUT_S)
        try:
            order, log = receive(run)
        except (EOFError, OSError, ValueError):  # the worker changed its mind
            run.close()
            return None
        if threads() > 1:
            with contextlib.suppress(OSError):
                say(run, threads=threads())
            run.close()
        else:
            pid = os.fork()
            if pid == 0:
                self._forget(run)
                return order, log
            with contextlib.suppress(OSError):
                say(run, pid=pid)
            self._kernels[run.fileno()] = Forked(pid, run)
            self._poll.register(run, select.POLLRDHUP)
        os.close(log)
        return None

    def _forget(self, run: socket.socket) -> None:
        """In the child: nothing that belongs to the parent stays open or set."""
        os.setsid()
        die_with_parent()
        adopt_orphans()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for socket_ in (run, self._worker, *(kernel.run for kernel in self._kernels.values())):
            socket_.close()
        os.close(self._woken)
        os.close(self._wake)

    def _patience_ms(self) -> int | None:
        deadlines = [kernel.deadline for kernel in self._kernels.values() if kernel.deadline is not None]
        return max(0, int((min(deadlines) - time.monotonic()) * 1000) + 1) if deadlines else None

    def _reap_orphans(self) -> None:
        known = {kernel.pid for kernel in self._kernels.values()}
        for pid in children():
            if pid not in known:
                kill(pid)  # its end wakes us again, and then it is reaped
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)


class Forked:
    """A child. It stays unreaped until its run is over, so that its number cannot name another process."""

    def __init__(self, pid: int, run: socket.socket) -> None:
        self.pid, self.run = pid, run
        self.deadline: float | None = None
        """When it is killed at the latest; None while its run goes on."""
        self._told = False

    def let_go(self) -> None:
        """The worker has closed the socket."""
        self.run.setblocking(False)
        asked_to_leave = False
        with contextlib.suppress(OSError):
            asked_to_leave = self.run.recv(1) == GENTLY
        self.deadline = time.monotonic() + (GENTLE_STOP_S if asked_to_leave else 0.0)

    def is_over(self) -> bool:
        """Whether its run is, and then nothing is left of it. The worker is told once when the child has ended."""
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None and not self._told:
            self._told = True
            status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
            with contextlib.suppress(OSError):
                say(self.run, status=status)
        if self.deadline is None or (ended is None and time.monotonic() < self.deadline):
            return False
        self.end()
        return True

    def end(self) -> None:
        """Kill it with everything below it: itself last, because until then it adopts what would get away."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP)
        while below := descendants(self.pid):
            for pid in below:
                kill(pid)
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.run.close()
