"""Executes run folders as a worker does, and nothing else: `python -m tests.bench.executing WAY RUNS AT_ONCE FOLDER`.

Prints JSON: seconds of each run from having it to the executed notebook, seconds of all together, and processor seconds
a run of this process and everything beneath it, the refilling of what is kept warm included.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from mesh_workbench.executors.base import Job
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.executors.pool import Bounds, KernelPool
from tests.bench.five_cells import CELLS
from tests.builders import run_folder


def pool_of(way: str, at_once: int) -> KernelPool | None:
    """Where kernels come from: `fresh` ones, `spawned` ahead or `forked`."""
    if way == "fresh":
        return None
    forks = way == "forked"
    return KernelPool(Bounds(4, 4_000_000_000, 600, at_once=at_once, fork=forks, start_timeout_s=120))


def processor_s() -> float:
    """Of this process, its descendants, and all of these that have ended."""
    used = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        used += times.user + times.system + times.children_user + times.children_system
    return used


def settle(kernels: KernelPool | None, at_once: int) -> None:
    """Until no kernel runs any more and everything is refilled."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (
            kernels is None or not any(nest.starting or nest.wants(at_once) for nest in kernels.nests)
        ) and not _running(kernels):
            return
        time.sleep(0.05)
    raise SystemExit("it did not come to rest")


def _running(kernels: KernelPool | None) -> bool:
    """Whether there is a kernel of a run: looking takes processor time, so it is done last."""
    running = any("ipykernel_launcher" in " ".join(words) for words in _commands())
    forked = kernels is not None and any(_parent(one) != os.getpid() for one in psutil.Process().children(True))
    return running or forked


def _parent(process: psutil.Process) -> int:
    """Its parent; this process when it is gone."""
    try:
        return int(process.ppid())
    except psutil.Error:
        return os.getpid()


def _commands() -> list[list[str]]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            found.append(process.cmdline())
        except psutil.Error:
            continue
    return found


def main(way: str, runs: int, at_once: int, folder: Path) -> None:
    kernels = pool_of(way, at_once)
    executor = LocalExecutor(kernels)

    def execute(number: int) -> float:
        if at_once == 1:  # the time of a run with a kernel that waits, not that of making one
            settle(kernels, at_once)
        place = run_folder(folder / f"{number}", *CELLS)
        began = time.perf_counter()
        result = executor.execute(Job(place, identity="bench"), lambda _: None, lambda: False)
        assert result.ok, result.failure
        return time.perf_counter() - began

    try:
        execute(0)  # what a worker does once: import, and start what is kept warm
        settle(kernels, at_once)
        used, began = processor_s(), time.perf_counter()
        with ThreadPoolExecutor(at_once) as threads:
            walls = list(threads.map(execute, range(1, runs + 1)))
        together = time.perf_counter() - began
        settle(kernels, at_once)
        answer = {"walls": walls, "seconds": together, "processor_s": (processor_s() - used) / runs}
    finally:
        executor.close()
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
