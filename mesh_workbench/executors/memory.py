"""How much memory a kernel uses, with everything that it started."""

from __future__ import annotations

import contextlib


def used_by(pid: int, *, more_than: int) -> int:
    """Bytes of memory that the process and its descendants use; 0 when it has ended.

    Kernels share the pages of their imports, and each process counts them all. So where the plain sum is `more_than`
    a limit, and the system knows it, what is shared is counted by shares.
    """
    import psutil

    processes: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        kernel = psutil.Process(pid)
        processes = [kernel, *kernel.children(recursive=True)]
    total = sum(_resident(process) for process in processes)
    return total if total <= more_than else sum(_by_share(process) for process in processes)


def _resident(process: object) -> int:
    import psutil

    try:
        return int(process.memory_info().rss)  # type: ignore[attr-defined]
    except psutil.Error:
        return 0


def _by_share(process: object) -> int:
    import psutil

    try:
        found = process.memory_full_info()  # type: ignore[attr-defined]
    except psutil.AccessDenied:
        return _resident(process)
    except psutil.Error:
        return 0
    return int(getattr(found, "pss", 0) or found.rss)
