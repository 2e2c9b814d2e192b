"""A kernel for one run: used once, and gone afterwards with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mesh_workbench.executors.connection import Connection

_PATIENCE_S = 0.5
"""Seconds of silence after which it is looked whether the kernel still lives."""


class NoKernel(Exception):
    """The kernel could not be started: `missing` when there is no such kernel at all, and then the text lists those
    that there are."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True)
class Wanted:
    """The kernel that a run wants."""

    name: str
    folder: Path
    """Its working directory."""
    shared: Mapping[str, str]
    """Environment variables that every run of this worker and identity has."""
    own: Mapping[str, str]
    """Environment variables of this run alone."""
    imports: tuple[str, ...] = ()
    """Modules that the notebook imports in any case."""
    secrets: tuple[str, ...] = ()
    """References to secrets that the notebook names; what they lead to is never shown."""
    witness: Path | None = None
    """The file in which it is noted what the notebook opens and misses, if somebody wants to know."""
    identity: str = ""
    """On whose behalf it runs."""
    cpus: int = 0
    """How many processors it may use; 0 means all."""

    @property
    def variables(self) -> dict[str, str]:
        return {**self.shared, **self.own}


class Kernels(Protocol):
    """Where kernels come from."""

    async def start(self, wanted: Wanted) -> Kernel:
        """A kernel that nobody has used, perhaps not yet answering. Raises NoKernel. Whoever gets it must stop it."""
        ...

    def close(self) -> None:
        """End what is kept ready."""
        ...


class Kernel(ABC):
    """A process of its own, the leader of a process group."""

    def __init__(self, connection: Connection, pid: int, *, interrupt_by_message: bool = False) -> None:
        self.connection = connection
        self.pid = pid
        self._interrupt_by_message = interrupt_by_message

    @property
    def client(self) -> Any:
        return self.connection.client

    @property
    @abstractmethod
    def exit_code(self) -> int | None:
        """Status of the process when it has ended; a negative one is a signal's number."""

    @abstractmethod
    def _see_off(self, *, gently: bool) -> None:
        """See that nothing is left: at once, or `gently` later, and then it returns at once."""

    async def ready(self, timeout_s: float) -> None:
        """Wait for its first answer. Raises NoKernel."""
        deadline = time.monotonic() + timeout_s
        self.connection.open()
        while not await self.connection.answered(min(_PATIENCE_S, deadline - time.monotonic())):
            if self.exit_code is not None:
                raise NoKernel(f"it ended at once with status {self.exit_code}")
            if time.monotonic() >= deadline:
                raise NoKernel(f"it did not answer within {timeout_s:g} s")

    def interrupt(self) -> None:
        """As the stop button: KeyboardInterrupt in the running cell and what it started."""
        if self._interrupt_by_message:
            self.connection.ask_to_interrupt()
        else:
            self.signal(signal.SIGINT)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its whole process group. It is not reaped before it is seen off, so that its number cannot
        name another group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def stop(self, *, gently: bool) -> None:
        """End it. `gently` asks it to leave, so that what the notebook registered for its exit happens, and returns
        at once; what is left after two seconds is killed. Otherwise nothing is left when this returns."""
        gently = gently and self.client is not None and self.exit_code is None
        if gently:
            self.connection.ask_to_leave()
        else:
            self.signal(signal.SIGKILL)
        self.connection.close()
        self._see_off(gently=gently)
