"""Kernels that were started ahead, for each environment and identity their own, in a bounded number.

Threads of its own start and end incubators: one after another, so that refilling takes no more than one processor, and
side by side only as far as runs wait for them.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass

from mesh_workbench.executors.connection import Connection
from mesh_workbench.executors.fresh import start
from mesh_workbench.executors.inside.forks import MARK
from mesh_workbench.executors.kernel import Kernel, Wanted
from mesh_workbench.executors.kernelspec import Kernelspec, find
from mesh_workbench.executors.nest import Nest
from mesh_workbench.executors.warm import Incubator, NotWarm

FIRST_WAIT_S = 15.0
"""Seconds that a run waits for the first imports of its environment, before it starts a kernel without them."""
_LOOK_S = 5.0
_POLL_S = 0.01
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """How much may be kept ready."""

    processes: int
    """Processes with imports done, of all environments together."""
    memory: int
    """Bytes of memory of these together."""
    idle_s: float
    """Seconds after its last use that an environment is kept warm."""
    at_once: int
    """Runs that one worker executes at the same time."""
    fork: bool
    """Whether one process may be forked again and again instead of being used up."""
    start_timeout_s: float
    """Seconds that the imports may take."""


class KernelPool:
    """Kernels by forking or by waiting processes; fresh ones where neither suits. Used from many threads."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._nests: dict[object, Nest] = {}
        self._retired: list[Incubator] = []
        self._starting: set[Incubator] = set()
        self._changed = threading.Condition()
        self._closed = False
        # The system ends what a thread starts together with it, so these live as long as the pool.
        self._keepers = [
            threading.Thread(target=self._keep, args=(helps,), name="mesh-kernel-pool", daemon=True)
            for helps in (False, *[True] * (bounds.at_once - 1))
        ]
        for keeper in self._keepers:
            keeper.start()

    @property
    def nests(self) -> list[Nest]:
        """What is kept warm."""
        with self._changed:
            return list(self._nests.values())

    async def start(self, wanted: Wanted) -> Kernel:
        spec = find(wanted.name)
        connection = Connection()
        try:
            return await self._warm(spec, wanted, connection) or start(spec, wanted, connection)
        except BaseException:
            connection.close()
            raise

    async def _warm(self, spec: Kernelspec, wanted: Wanted, connection: Connection) -> Kernel | None:
        if not spec.is_ipykernel:
            return None
        nest = self._nest(spec, wanted)
        incubator = await self._taken(nest, wanted)
        if incubator is None:
            return None
        try:
            return await incubator.hatch(wanted, connection)
        except NotWarm as reason:
            _log.warning("A kernel of %s is started without imports: %s", spec.name, reason)
            with self._changed:
                nest.give_up(incubator)
                self._retire(incubator)
            return None

    def _nest(self, spec: Kernelspec, wanted: Wanted) -> Nest:
        """Where kernels for this are kept. A module may look at a variable while it is imported: where a run has some
        of its own, only what is known not to is imported ahead."""
        plain = set(wanted.own) > {MARK}
        key = (spec.name, spec.argv, tuple(sorted(wanted.shared.items())), wanted.identity, plain)
        with self._changed:
            nest = self._nests.get(key)
            if nest is None:
                nest = self._nests[key] = Nest(spec, dict(wanted.shared), forks=self._bounds.fork)
            if not plain:
                nest.learn(wanted.imports)
            return nest

    async def _taken(self, nest: Nest, wanted: Wanted) -> Incubator | None:
        """An incubator of the nest, waiting for one while there is none; None to do without."""
        deadline = time.monotonic() + FIRST_WAIT_S
        nest.waiting += 1
        try:
            while True:
                with self._changed:
                    self._tidy(nest)
                    found = nest.take(wanted.folder)
                    self._changed.notify_all()
                    if found is not None or nest.ready or nest.broken or self._closed:
                        return found
                if time.monotonic() > deadline:
                    return None
                await asyncio.sleep(_POLL_S)
        finally:
            nest.waiting -= 1

    def _keep(self, helps: bool) -> None:
        look_s = min(_LOOK_S, self._bounds.idle_s)
        swept = time.monotonic()
        while True:
            with self._changed:
                if self._closed:
                    return
                if not helps and time.monotonic() - swept >= look_s:
                    self._sweep()
                    swept = time.monotonic()
                nest = self._most_wanting(awaited=helps)
                if nest is None:
                    self._changed.wait(look_s)
                    continue
                nest.starting += 1
            self._fill(nest)

    def _most_wanting(self, *, awaited: bool) -> Nest | None:
        """The nest to fill next: where somebody waits (and only there when it must be `awaited`), else the one used
        last. Room is made for it where there was no use for longer."""
        wanting = [
            nest
            for nest in self._nests.values()
            if nest.wants(self._bounds.at_once) and (not awaited or nest.waiting > nest.starting)
        ]
        for nest in sorted(wanting, key=lambda one: (one.waiting, one.used), reverse=True):
            warm = [one for one in self._nests.values() if one.ready]
            if nest.forks and nest.ready:  # it will be replaced
                return nest
            if sum(len(one.ready) for one in warm) < self._bounds.processes:
                return nest
            oldest = min(warm, key=lambda one: one.used)
            if oldest is not nest and (nest.waiting or oldest.used < nest.used):
                self._retire(oldest.ready.pop())
                return nest
        return None

    def _fill(self, nest: Nest) -> None:
        incubator = None
        try:
            incubator = self._started(nest)
        except NotWarm as reason:
            _log.info("Kernels of %s: %s", nest.spec.name, reason)
            nest.blame(reason)
        with self._changed:
            nest.starting -= 1
            kept = not self._closed and nest in self._nests.values()
            if incubator is not None:
                for one in nest.add(incubator) if kept else [incubator]:
                    self._retire(one)

    def _started(self, nest: Nest) -> Incubator:
        """One that has done its imports. Raises NotWarm."""
        try:
            incubator = Incubator(nest.spec, nest.shared, nest.imports, forks=nest.forks, gently=nest.waiting == 0)
        except OSError as error:
            raise NotWarm(str(error)) from error
        self._starting.add(incubator)
        try:
            if self._closed:
                raise NotWarm("the worker ends")
            incubator.wait(self._bounds.start_timeout_s)
        except NotWarm:
            incubator.close()
            raise
        finally:
            self._starting.discard(incubator)
        return incubator

    def _tidy(self, nest: Nest) -> None:
        """Take out what has died, or does not know that the environment has changed meanwhile."""
        for incubator in [one for one in nest.ready if not one.current]:
            nest.ready.remove(incubator)
            self._retire(incubator)

    def _retire(self, incubator: Incubator) -> None:
        incubator.retire()
        self._retired.append(incubator)

    def _sweep(self) -> None:
        """End what nobody has used for long and what takes too much memory; bury what has ended."""
        now = time.monotonic()
        for key, nest in list(self._nests.items()):
            self._tidy(nest)
            if now - nest.used > self._bounds.idle_s and not nest.waiting:
                for incubator in nest.ready:
                    self._retire(incubator)
                del self._nests[key]
        warm = sorted((one for one in self._nests.values() if one.ready), key=lambda one: one.used)
        while warm and sum(one.memory for nest in warm for one in nest.ready) > self._bounds.memory:
            nest = warm[0]
            self._retire(nest.ready.pop())
            nest.blame(NotWarm("what may be kept ready is too little for it"))
            warm = [one for one in warm if one.ready]
        for incubator in [one for one in self._retired if one.ended]:
            self._retired.remove(incubator)
            incubator.close()

    def close(self) -> None:
        """End everything, kernels that still run included."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for starting in list(self._starting):
            starting.break_off()
        for keeper in self._keepers:
            keeper.join()
        for incubator in (*self._retired, *(one for nest in self._nests.values() for one in nest.ready)):
            incubator.close()
        self._nests.clear()
        self._retired.clear()
