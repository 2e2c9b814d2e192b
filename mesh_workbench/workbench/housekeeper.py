"""The housekeeper: while a worker works, what runs left behind is tidied now and then, by one worker for all.

It also retires products whose date has come, and removes temporary folders of killed processes of its machine.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mesh_workbench.engine.temporary import remove_abandoned
from mesh_workbench.errors import MeshError
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.tidying import tidy_all
from mesh_workbench.workbench.transitions import end_sunsets

EVERY_S = 3600.0
"""Seconds between two times, counted over all workers."""
_LOOK_S = 60.0
_log = logging.getLogger(__name__)


@contextmanager
def keeping_house(context: Context) -> Iterator[None]:
    """Tidies in a thread of its own until the block ends: a slow disk must not hold up runs and schedules."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(context, stop), name="mesh-housekeeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep(context: Context, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            if context.registry.chores.take("sunset", _LOOK_S):
                end_sunsets(context)
            if context.registry.chores.take("tidy", EVERY_S):
                _tidy(context, stop)
            if context.registry.chores.take(f"temporary folders of {socket.gethostname()}", EVERY_S):
                remove_abandoned()
        except MeshError as fault:
            _log.warning("House was not kept and is next time: %s", fault)
        stop.wait(_LOOK_S)


def _tidy(context: Context, stop: threading.Event) -> None:
    tidied = tidy_all(context, stop=stop.is_set)
    if tidied.items:
        _log.info("%d things that runs left behind were removed: %d bytes.", len(tidied.items), tidied.bytes)
    if tidied.releases or tidied.files:
        _log.info("%d releases and %d files of earlier ones were removed.", len(tidied.releases), tidied.files)
