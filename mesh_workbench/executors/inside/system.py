"""What a process can be asked to do on Linux beyond what Python offers; elsewhere as much of it as there is."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_PDEATHSIG, _SUBREAPER = 1, 36
_CAP_SYS_NICE = 23
_NICE = 10


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _prctl(_PDEATHSIG, signal.SIGKILL)


def outlive_parent() -> None:
    """The opposite."""
    _prctl(_PDEATHSIG, 0)


def adopt_orphans() -> None:
    """Become the parent of descendants that lose theirs, instead of the first process of the machine."""
    _prctl(_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def threads() -> int:
    """How many threads this process has, those of libraries included; those of Python where that cannot be known."""
    try:
        return sum(1 for _ in os.scandir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def children() -> list[int]:
    """The processes whose parent this one is, adopted ones included."""
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(pid) for pid in listed.split()]


def descendants(pid: int) -> list[int]:
    """The living processes below `pid`, whatever group or session they are in. None of one that adopts its orphans is
    missed."""
    found: list[int] = []
    below = [pid]
    while below:
        above = below.pop()
        for listed in Path(f"/proc/{above}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                below += [int(child) for child in listed.read_text(encoding="ascii").split()]
        if above != pid and _lives(above):
            found.append(above)
    return found


def _lives(pid: int) -> bool:
    """Whether it is more than an exit status that nobody has read."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False


def processes() -> list[int]:
    """All processes of the machine, where it tells."""
    try:
        return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    except OSError:
        return []


def carries(pid: int, name: str, value: str) -> bool:
    """Whether the process was started with that environment variable."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return os.fsencode(f"{name}={value}") in environment.split(b"\0")


def kill(pid: int) -> bool:
    """Kill it and its process group if it leads one; whether it was there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
        return True
    return False


@contextlib.contextmanager
def low_priority() -> Iterator[None]:
    """Behind everybody else, as far as this process can come back from there."""
    if sys.platform != "linux" or os.getpriority(os.PRIO_PROCESS, 0) != 0:
        yield
    elif _may_rise():
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        yield
        os.setpriority(os.PRIO_PROCESS, 0, 0)
    else:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        yield
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _may_rise() -> bool:
    """Whether it may be less nice than it was: few processes may."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    capable = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0)
    return bool(capable >> _CAP_SYS_NICE & 1) or resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20
