"""Kernels that are started when they are wanted."""

from __future__ import annotations

import os
from threading import Thread

from mesh_workbench.executors.connection import Connection
from mesh_workbench.executors.cpus import share
from mesh_workbench.executors.inside.forks import GENTLE_STOP_S
from mesh_workbench.executors.kernel import Kernel, NoKernel, Wanted
from mesh_workbench.executors.kernelspec import Kernelspec, find
from mesh_workbench.executors.process import Process

# No history file: it costs time, and runs would share it with people.
IPYTHON_ARGUMENTS = ("--HistoryManager.hist_file=:memory:",)


class FreshKernels:
    """Starts each by the command of its kernelspec."""

    async def start(self, wanted: Wanted) -> Kernel:
        return start(find(wanted.name), wanted, Connection())

    def close(self) -> None:
        """There is nothing to end."""


class FreshKernel(Kernel):
    """A kernel in a process of its own."""

    def __init__(self, process: Process, connection: Connection, *, interrupt_by_message: bool = False) -> None:
        super().__init__(connection, process.pid, interrupt_by_message=interrupt_by_message)
        self._process = process

    @property
    def exit_code(self) -> int | None:
        return self._process.exit_code

    def _see_off(self, *, gently: bool) -> None:
        if gently:
            Thread(target=self._process.end, kwargs={"patience_s": GENTLE_STOP_S}, name="mesh-kernel-exit").start()
        else:
            self._process.end()


def start(spec: Kernelspec, wanted: Wanted, connection: Connection) -> Kernel:
    """A kernel by the command of `spec`. Raises NoKernel, and then the connection is closed."""
    arguments = IPYTHON_ARGUMENTS if spec.is_ipykernel else ()
    variables = spec.environment(wanted.variables)
    try:
        process = Process(
            [*spec.command(connection.file), *arguments],
            env={**variables, **ipython_folder(connection), "JPY_PARENT_PID": str(os.getpid())},
            log=connection.printed.file,
            cwd=wanted.folder,
        )
    except OSError as error:
        connection.close()
        raise NoKernel(f"its program cannot be started ({error})") from error
    process.confine(share(wanted.cpus))
    return FreshKernel(process, connection, interrupt_by_message=spec.interrupt_by_message)


def ipython_folder(connection: Connection) -> dict[str, str]:
    """A run must not depend on the start-up files of whoever owns the worker."""
    return {"IPYTHONDIR": str(connection.folder / "ipython")}
