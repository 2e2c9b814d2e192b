"""The sessions of a process: a few warm ones, and a spare instance opened ahead."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from mesh_workbench.engine.session import Limits, Session, open_instance, relation_name

if TYPE_CHECKING:
    import duckdb

    from mesh_workbench.model.query import ResolvedPort


class Sessions:
    """Keeps the last `keep` sessions, found again by exactly the releases that they can read.

    In a person's own kernel reuse is convenience, and with `spare` the next instance is opened while nobody waits
    (it takes some 20 ms). All sessions are equally locked; they hold no state that one reader could leave to another.
    """

    def __init__(self, limits: Limits | None = None, *, keep: int = 4, spare: bool = True) -> None:
        self._limits = limits or Limits()
        self._keep = keep
        self._wants_spare = spare
        self._spare: Future[duckdb.DuckDBPyConnection] | None = None
        self._warm: OrderedDict[frozenset[str], Session] = OrderedDict()
        self._lock = threading.Lock()
        # Instances that are alive while the interpreter ends make DuckDB's bindings complain on stderr.
        atexit.register(_close, weakref.ref(self))

    def get(self, ports: Sequence[ResolvedPort]) -> Session:
        """The session that reads these ports and nothing else: a warm one, else a new one."""
        key = frozenset(f"{relation_name(port)}@{port.table}" for port in ports)
        with self._lock:
            session = self._warm.get(key)
            if session is not None:
                self._warm.move_to_end(key)
                return session
        session = Session(self._take(), ports)
        with self._lock:
            self._warm[key] = session
            # NOTE: an evicted session is not closed here: somebody may still read from it. DuckDB closes the
            # instance when the last cursor on it is gone.
            while len(self._warm) > self._keep:
                self._warm.popitem(last=False)
        return session

    def prepare(self) -> None:
        """Open the spare instance ahead, in the background."""
        with self._lock:
            if self._spare is not None:
                return
            spare: Future[duckdb.DuckDBPyConnection] = Future()
            self._spare = spare
        threading.Thread(target=_fill, args=(spare, self._limits), name="mesh-spare-session").start()

    def close(self) -> None:
        """Forget all sessions. Readers that are still open keep theirs alive."""
        with self._lock:
            self._warm.clear()
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.result().close()

    def _take(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            spare, self._spare = self._spare, None
        instance = spare.result() if spare is not None else open_instance(self._limits)
        if self._wants_spare:
            self.prepare()
        return instance


def _close(sessions: weakref.ref[Sessions]) -> None:
    if (alive := sessions()) is not None:
        alive.close()


def _fill(spare: Future[duckdb.DuckDBPyConnection], limits: Limits) -> None:
    try:
        spare.set_result(open_instance(limits))
    except Exception as error:  # noqa: BLE001 - handed over: who takes the spare gets the error
        spare.set_exception(error)
