"""Which workbench this server serves: found when first needed, looked for again while it is missing or silent."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError, Unavailable
from mesh_workbench.settings import FILE, ROOT_VARIABLE, find_root

if TYPE_CHECKING:
    from mesh_workbench.model.identity import Identity
    from mesh_workbench.workbench.protocol import Workbench

RETRY_S = 2.0
"""Seconds between two attempts to open a workbench that does not answer."""


class Host:
    """The workbench of a Jupyter server. Its methods touch disk and network: they are called in threads.

    A failure to open is remembered for `RETRY_S` and told to everyone who asks meanwhile, so that a registry that
    hangs does not hang every request; then it is tried again. No restart is needed.
    """

    def __init__(self, root_dir: str, configured: str = "") -> None:
        self.root_dir = Path(root_dir).expanduser().resolve()
        self._configured = Path(configured).expanduser().resolve() if configured else None
        self._given = os.environ.get(ROOT_VARIABLE)
        self._lock = threading.Lock()
        self._bench: Workbench | None = None
        self._failure: Unavailable | None = None
        self._failed_at = 0.0

    def root(self) -> Path:
        """The folder of the workbench. Raises NotFound `workbench.not-found`."""
        if self._configured:
            return find_root(self._configured)
        if self._given and (Path(self._given) / FILE).is_file():
            return Path(self._given).resolve()
        return find_root(self.root_dir)

    def found(self) -> Path | None:
        """The folder of the workbench, if there is one."""
        try:
            return self.root()
        except MeshError:
            return None

    def adopt(self, root: Path) -> None:
        """Serve the workbench in `root`, which was made just now."""
        with self._lock:
            self._configured = root.resolve()
            self._failure = None
        self.announce()

    def announce(self) -> None:
        """Tell the kernels that this server starts which workbench is meant: they inherit our environment."""
        root = self.found()
        if root is not None:
            os.environ[ROOT_VARIABLE] = str(root)

    def bench(self, identity: Identity | None = None) -> Workbench:
        """The workbench, for `identity`; for the operating-system user when None.

        Raises NotFound `workbench.not-found` and whatever opening raises, foremost Unavailable
        `registry.unreachable`.
        """
        bench = self._bench or self._open()
        return bench if identity is None else bench.as_(identity)

    def warm(self) -> None:
        """Open the workbench ahead of the first request; what hinders it is told to who asks."""
        with contextlib.suppress(MeshError):
            self.bench()

    def opened(self) -> Workbench | None:
        """The workbench, if it was opened already."""
        return self._bench

    def close(self) -> None:
        """Close the workbench and take back what `announce` said."""
        with self._lock:
            bench, self._bench = self._bench, None
        if bench is not None:
            bench.close()
        if self._given is None:
            os.environ.pop(ROOT_VARIABLE, None)
        else:
            os.environ[ROOT_VARIABLE] = self._given

    def _open(self) -> Workbench:
        from mesh_workbench.workbench import open_workbench

        known = self._failure
        if known is not None and (self._lock.locked() or time.monotonic() - self._failed_at < RETRY_S):
            raise Unavailable(known.code, known.message, hint=known.hint, where=known.where, details=known.details)
        with self._lock:
            if self._bench is not None:
                return self._bench
            try:
                self._bench = open_workbench(self.root())
            except Unavailable as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise
            self._failure = None
        self.announce()
        return self._bench
