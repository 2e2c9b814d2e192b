"""What keeps kernels warm for one environment: kernelspec, interpreter, shared variables and identity."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from mesh_workbench.executors.imports import PARTS, USUAL
from mesh_workbench.executors.kernelspec import Kernelspec
from mesh_workbench.executors.warm import Incubator, NotWarm

MOST_IMPORTS = 64
"""Modules that are imported ahead at most."""
RETRY_S = 60.0
"""Seconds after which it is tried again what did not work."""


class Nest:
    """The incubators of one environment, and what they import. Its owner holds a lock around everything."""

    def __init__(self, spec: Kernelspec, shared: Mapping[str, str], *, forks: bool) -> None:
        self.spec, self.shared, self.forks = spec, shared, forks
        # What is forked again and again may hold what is seldom wanted; what is used up only what was asked for.
        self.imports: tuple[str, ...] = (*USUAL, *PARTS) if forks else ()
        self.ready: list[Incubator] = []
        self.used = time.monotonic()
        self.waiting = 0
        """Runs that wait for one."""
        self.starting = 0
        """Incubators that are being started."""
        self._unsuitable: set[str] = set()
        self._broken_until = 0.0

    @property
    def broken(self) -> bool:
        """Whether it is left alone for a while."""
        return time.monotonic() < self._broken_until

    def learn(self, imports: tuple[str, ...]) -> None:
        """Import these, too, from the next incubator on."""
        parts = [part for part in PARTS if part.partition(".")[0] in imports]
        new = [name for name in (*imports, *parts) if name not in self.imports and name not in self._unsuitable]
        self.imports = (*self.imports, *new)[:MOST_IMPORTS]

    def wants(self, at_once: int) -> bool:
        """Whether another incubator should be started, when `at_once` runs may come at the same time."""
        if self.broken:
            return False
        if self.forks:
            return not self.starting and (not self.ready or self.ready[-1].imports != self.imports)
        return len(self.ready) + self.starting < max(at_once, self.waiting)

    def take(self, folder: Path) -> Incubator | None:
        """One from which a kernel in `folder` can come: the one to fork from, or one to use up."""
        self.used = time.monotonic()
        for incubator in self.ready:
            if not incubator.hides_from(folder):
                if not self.forks:
                    self.ready.remove(incubator)
                return incubator
        return None

    def add(self, incubator: Incubator) -> list[Incubator]:
        """Put it in; those that it replaces are given back."""
        replaced = list(self.ready) if self.forks else []
        self.ready = [one for one in self.ready if one not in replaced] + [incubator]
        return replaced

    def blame(self, reason: NotWarm) -> None:
        """Do without the module that is at fault; without one, do without warmth for a while."""
        if reason.module:
            self._unsuitable.add(reason.module)
            self.imports = tuple(name for name in self.imports if name != reason.module)
        else:
            self._broken_until = time.monotonic() + RETRY_S

    def give_up(self, incubator: Incubator) -> None:
        """It could not be forked from."""
        if incubator in self.ready:
            self.ready.remove(incubator)
        self.forks = False
