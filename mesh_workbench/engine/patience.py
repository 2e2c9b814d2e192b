"""Waiting for DuckDB in a way that Ctrl-C ends at once, and that others can watch.

DuckDB looks for signals itself while it works in the main thread, and misses some. So the main thread lets another
one wait for DuckDB, and is itself free to be interrupted, and to tell how far the work is.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Found = TypeVar("Found")
Watcher = Callable[[float | None], None]
"""Is told, again and again while somebody waits, how much is done: 0 to 1, or None when that is not known."""

_AGAIN_S = 0.02
_LOOK_S = 0.1
"""A signal that another thread of the process received is noticed when the main thread wakes."""

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(by: Watcher) -> Iterator[None]:
    """Within the block `by` is told how far work is that the main thread waits for."""
    token = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(token)


def patiently(
    work: Callable[[], Found], stop: Callable[[], None], progress: Callable[[], float | None] = lambda: None
) -> Found:
    """What `work` returns or raises. On KeyboardInterrupt `stop` is called until `work` has ended."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    running = _threads().submit(work)
    watcher = _watcher.get()
    try:
        while not running.done():
            wait([running], timeout=_LOOK_S)
            if watcher is not None and not running.done():
                watcher(progress())
    except BaseException:
        # NOTE: again and again, because `work` may not have begun when it was stopped first.
        while not running.done():
            stop()
            wait([running], timeout=_AGAIN_S)
        raise
    return running.result()


@functools.lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="mesh-query")
