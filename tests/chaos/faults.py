"""What is done to a world: each fault begins, lasts, and is over when its function returns. One line here for each.

A fault says what it did, and what it saw that must not be.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psutil

from mesh_workbench.errors import MeshError
from mesh_workbench.model.run import Run, RunState
from tests.chaos.world import World

FINAL_WITHIN_S = 10.0
"""Seconds within which a run that is cancelled must be over."""
_BUSY = 3.0
"""How much longer a busy machine may take than an idle one."""


@dataclass
class Done:
    """What a fault did, and what it saw that must not be."""

    words: str
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """`weight` is how often it is chosen, beside others; `on` names the databases for which it makes sense."""

    name: str
    happen: Callable[[World, Random], Done]
    weight: float = 1.0
    on: tuple[str, ...] = ("sqlite", "postgresql")
    needs: str = ""
    """Part of the world that must be there: disk, clock."""

    def possible(self, world: World) -> bool:
        return world.database in self.on and (not self.needs or getattr(world, self.needs) is not None)


def kill_worker(world: World, random: Random) -> Done:
    victim = random.choice(world.crew.pids)
    world.crew.kill(victim)
    return Done(f"SIGKILL to worker {victim}")


def kill_all_workers(world: World, random: Random) -> Done:
    world.crew.kill()
    time.sleep(random.uniform(0, 2))
    return Done("SIGKILL to all workers")


def stop_worker(world: World, random: Random) -> Done:
    victim, seconds = random.choice(world.crew.pids), random.uniform(0.2, 8)
    os.kill(victim, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(victim, signal.SIGCONT)
    return Done(f"SIGSTOP to worker {victim} for {seconds:.1f} s")


def kill_kernel(world: World, random: Random) -> Done:
    kernels = world.crew.kernels(within_s=5)
    if not kernels:
        return Done("no kernel to kill")
    victim = random.choice(kernels)
    with suppress(psutil.NoSuchProcess):
        victim.kill()
    return Done(f"SIGKILL to kernel {victim.pid}")


def stop_kernel(world: World, random: Random) -> Done:
    kernels = world.crew.kernels(within_s=5)
    if not kernels:
        return Done("no kernel to stop")
    victim, seconds = random.choice(kernels), random.uniform(0.2, 5)
    with suppress(psutil.NoSuchProcess):
        victim.suspend()
        time.sleep(seconds)
        victim.resume()
    return Done(f"SIGSTOP to kernel {victim.pid} for {seconds:.1f} s")


def kill_server(world: World, random: Random) -> Done:
    assert world.server is not None
    world.server.kill()
    time.sleep(random.uniform(0, 2))
    world.server.start()
    return Done("SIGKILL to PostgreSQL")


def kill_backend(world: World, random: Random) -> Done:
    assert world.server is not None
    victim = random.choice(world.server.processes()[1:])
    with suppress(psutil.NoSuchProcess):
        victim.kill()
    return Done("SIGKILL to one process of PostgreSQL")


def stop_server(world: World, random: Random) -> Done:
    assert world.server is not None
    processes, seconds = world.server.processes(), random.uniform(0.2, 8)
    for sign in (signal.SIGSTOP, signal.SIGCONT):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        if sign == signal.SIGSTOP:
            time.sleep(seconds)
    return Done(f"SIGSTOP to PostgreSQL for {seconds:.1f} s")


def full_disk(world: World, random: Random) -> Done:
    assert world.disk is not None
    seconds = random.uniform(0.5, 4)
    world.disk.fill()
    time.sleep(seconds)
    world.disk.empty()
    return Done(f"the disk full for {seconds:.1f} s")


def read_only_registry(world: World, random: Random) -> Done:
    """SQLite's file system cannot become read-only while somebody writes: so at once after the workers were killed."""
    seconds = random.uniform(1, 4)
    if world.server is not None:
        world.server.set("default_transaction_read_only", "on")
        time.sleep(seconds)
        world.server.set("default_transaction_read_only", "off")
    else:
        assert world.disk is not None
        world.crew.kill()
        for kernel in world.crew.kernels():
            with suppress(psutil.NoSuchProcess):
                kernel.kill()
        world.bench.context.registry.close()  # gives its connections back; it goes on with new ones
        world.disk.read_only(True)
        world.crew.start()
        time.sleep(seconds)
        world.disk.read_only(False)
    return Done(f"the registry read-only for {seconds:.1f} s")


def step_clock(world: World, random: Random) -> Done:
    assert world.clock is not None
    steps = [random.choice([-86_400, -3_600, -90, 90, 3_600, 86_400]) for _ in range(2)]
    for step in steps:
        world.clock.set(step)
        if random.random() < 0.5 and world.crew.pids:
            world.crew.kill(random.choice(world.crew.pids))
            world.crew.start()
        time.sleep(random.uniform(0.5, 3))
    world.clock.set(0)
    return Done(f"the clock stepped to {steps[0]:+} s, {steps[1]:+} s and back")


def stubborn_kernel(world: World, random: Random) -> Done:
    run = world.ask("stubborn")
    _until(world, run, lambda now: now.state is RunState.RUNNING and now.progress.cell == 2)
    world.bench.runs.cancel(run.id)
    asked = time.monotonic()
    ended = _until(world, run, lambda now: now.state.final)
    seconds = time.monotonic() - asked
    late = [f"a cancelled run took {seconds:.1f} s to end"] if seconds > FINAL_WITHIN_S * _BUSY else []
    other = [f"a cancelled run is {ended.state.value}"] if ended.state is not RunState.CANCELLED else []
    return Done(f"a kernel that ignores interrupts was cancelled in {seconds:.1f} s", late + other)


def kernel_with_children(world: World, random: Random) -> Done:
    run = world.ask("parent")
    ended = _until(world, run, lambda now: now.state.final)
    left = _left_of(world, run)
    wrong = [f"{len(left)} processes of a run that is over are left"] if left else []
    return Done(f"a kernel with three children {ended.state.value}", wrong)


def greedy_kernel(world: World, random: Random) -> Done:
    return _fails(world, world.ask("greedy"), "a kernel that fills its memory")


def dying_kernel(world: World, random: Random) -> Done:
    return _fails(world, world.ask("dying"), "a kernel that dies at its first import")


def chatty_kernel(world: World, random: Random) -> Done:
    run = world.ask("chatty", megabytes=1024)
    most = 0.0
    while not world.bench.runs.get(run.id).state.final:
        most = max(most, *(_memory_gb(pid) for pid in world.crew.pids), 0.0)
        time.sleep(0.1)
    wrong = [f"a worker took {most:.1f} GB of memory"] if most > 1.5 else []
    return Done(f"a kernel that prints 1 GB; the worker took {most:.2f} GB at most", wrong)


FAULTS = (
    Fault("worker killed", kill_worker, weight=6),
    Fault("all workers killed", kill_all_workers, weight=3),
    Fault("worker stopped", stop_worker, weight=5),
    Fault("kernel killed", kill_kernel, weight=4),
    Fault("kernel stopped", stop_kernel, weight=2),
    Fault("server killed", kill_server, weight=5, on=("postgresql",)),
    Fault("server process killed", kill_backend, weight=3, on=("postgresql",)),
    Fault("server stopped", stop_server, weight=3, on=("postgresql",)),
    Fault("disk full", full_disk, weight=2, needs="disk"),
    Fault("registry read-only", read_only_registry, weight=2, needs="disk"),
    Fault("clock stepped", step_clock, weight=3, needs="clock"),
    Fault("kernel ignores interrupts", stubborn_kernel),
    Fault("kernel leaves children", kernel_with_children),
    Fault("kernel fills memory", greedy_kernel),
    Fault("kernel dies at import", dying_kernel),
    Fault("kernel prints 1 GB", chatty_kernel, weight=0.2, needs="disk"),
)


def _fails(world: World, run: Run, words: str) -> Done:
    ended = _until(world, run, lambda now: now.state.final)
    wrong = [] if ended.state is RunState.FAILED else [f"{words} is {ended.state.value}"]
    code = ended.failure.code if ended.failure else "nothing"
    return Done(f"{words}: {code}", wrong)


def _until(world: World, run: Run, so: Callable[[Run], bool], within_s: float = 120.0) -> Run:
    """Wait for something about a run; it is over by then at the latest."""
    deadline = time.monotonic() + within_s
    while True:
        with suppress(MeshError):
            now = world.bench.runs.get(run.id)
            if so(now) or now.state.final or time.monotonic() > deadline:
                return now
        time.sleep(0.05)


def _left_of(world: World, run: Run) -> list[psutil.Process]:
    """Processes of a run, after they had time to leave."""
    deadline = time.monotonic() + FINAL_WITHIN_S * _BUSY
    while True:
        left = [process for process in world.crew.kernels() if _folder_of(process).endswith(run.id)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


def _folder_of(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return process.environ().get("MESH_RUN_FOLDER", "")
    return ""


def _memory_gb(pid: int) -> float:
    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().rss / 1e9
    return 0.0
