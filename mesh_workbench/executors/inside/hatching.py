"""From a process with imports done to the kernel of one run, which finds itself as if it had just been started."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib.util
import itertools
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from mesh_workbench.executors.inside.imports import Imports

_OOM_SCORE = "500"
"""When memory runs out, the system ends kernels before workers and servers."""


def hatch(imports: Imports, order: dict[str, Any], log: int) -> None:
    """Be the kernel of one run until it is told to leave. Does not return."""
    _standard_files(log)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    time.tzset()
    os.chdir(order["folder"])
    if order["cpus"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, order["cpus"])
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    _reseed()
    _restore_threads()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv[:] = [str(launcher and launcher.origin), *order["arguments"]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = [sys.executable, *order["options"], "-m", "ipykernel_launcher", *order["arguments"]]
    from ipykernel.kernelapp import IPKernelApp

    app: Any = IPKernelApp.instance()
    app.parent_handle = os.getppid()
    app.initialize(sys.argv[1:])
    imports.make_good()
    app.start()
    _leave()


def _standard_files(log: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(file, number)
    os.close(nothing)
    os.close(log)


def _reseed() -> None:
    """Chance of its own for each kernel; the standard library's own module does so by itself when it is forked."""
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()
    ssl = sys.modules.get("ssl")
    if ssl is not None:
        ssl.RAND_add(os.urandom(32), 32.0)


def _restore_threads() -> None:
    """As many threads for linear algebra as the library would have started by itself."""
    if sys.platform != "linux":
        return
    wanted = next((os.environ[name] for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS") if name in os.environ), "")
    count = int(wanted) if wanted.isdigit() else len(os.sched_getaffinity(0))
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    for file in {line.split(maxsplit=5)[5] for line in maps if "openblas" in line}:
        library = ctypes.CDLL(file)
        for prefix, suffix in itertools.product(("scipy_", ""), ("64_", "")):
            function = getattr(library, f"{prefix}openblas_set_num_threads{suffix}", None)
            if function is not None:
                function(count)
                break


def _leave() -> None:
    """End as the interpreter would, but without taking apart what is shared with other kernels: that would copy it."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for name in ("last_exc", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    vars(sys.modules["__main__"]).clear()
    gc.collect()
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    os._exit(0)
