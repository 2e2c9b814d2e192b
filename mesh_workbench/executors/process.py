"""A process that the worker starts for one run or for many, and that goes when the worker goes, however it goes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from mesh_workbench.executors.inside.forks import MARK
from mesh_workbench.executors.inside.system import carries, kill, processes

_DONE = "done"
# Reads what names the run, and at last that all is done. When that does not come, because the worker is gone, it ends
# the process group, and what left the group but still carries the variable that names the run.
_TETHER = f"""
while read -r line; do [ "$line" = {_DONE} ] && exit; mark=$line; done
kill -KILL -- "-$0"
[ -n "$mark" ] && for process in /proc/[0-9]*; do
    grep -qzxF "{MARK}=$mark" "$process/environ" 2>/dev/null && kill -KILL "${{process#/proc/}}"
done
"""


class Process:
    """A program in a session and process group of its own, which it leads. Always `end` it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: IO[Any],
        cwd: Path,
        pass_fds: Sequence[int] = (),
        tethered: bool = True,
    ) -> None:
        """Start it. What is `tethered` is killed when this process ends, however it ends. Raises OSError."""
        self._popen = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=pass_fds,
            start_new_session=True,
        )
        self.pid = self._popen.pid
        self._tether = _tether(self.pid) if tethered else None
        self._mark = ""
        self.belong_to(env.get(MARK, ""))

    def belong_to(self, mark: str) -> None:
        """From now on it belongs to the run that the variable MARK has this value for."""
        self._mark = mark
        if mark and self._tether is not None and self._tether.stdin is not None:
            with contextlib.suppress(OSError):
                self._tether.stdin.write(f"{mark}\n")
                self._tether.stdin.flush()

    @property
    def exit_code(self) -> int | None:
        """Status when it has ended; a negative one is a signal's number."""
        return self._popen.poll()

    def confine(self, cpus: Sequence[int]) -> None:
        """Let it use only these processors."""
        if cpus:
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(self.pid, cpus)

    def end(self, *, patience_s: float = 0.0) -> None:
        """See that it and its process group are gone, and what left the group but still carries the mark, after it had
        `patience_s` to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(patience_s)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        while self._mark and (left := [pid for pid in processes() if carries(pid, MARK, self._mark)]):
            for pid in left:
                kill(pid)
            time.sleep(0.001)
        if self._tether is not None:
            self._tether.communicate(f"{_DONE}\n")
            self._tether = None


def _tether(pid: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _TETHER, str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
