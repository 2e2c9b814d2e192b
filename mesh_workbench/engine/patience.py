"""Waiting for DuckDB in a way that Ctrl-C ends at once.

DuckDB looks for signals itself while it works in the main thread, and misses some. So the main thread lets another
one wait for DuckDB, and is itself free to be interrupted.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

Found = TypeVar("Found")
_AGAIN_S = 0.02
_LOOK_S = 0.1
"""A signal that another thread of the process received is noticed when the main thread wakes."""


def patiently(work: Callable[[], Found], stop: Callable[[], None]) -> Found:
    """What `work` returns or raises. On KeyboardInterrupt `stop` is called until `work` has ended."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    running = _threads().submit(work)
    try:
        while not running.done():
            wait([running], timeout=_LOOK_S)
    except KeyboardInterrupt:
        # NOTE: again and again, because `work` may not have begun when it was stopped first.
        while not running.done():
            stop()
            wait([running], timeout=_AGAIN_S)
        raise
    return running.result()


@functools.lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="mesh-query")
