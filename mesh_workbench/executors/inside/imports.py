"""Imports done before anybody asked for them, and what a kernel that finds them done has to make good.

What prints, warns, asks for IPython or starts a thread while it is imported would be missed later: the worker is told
its name, and this process ends. The notebook itself imports it then, as ever.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

from mesh_workbench.executors.inside.system import low_priority, threads
from mesh_workbench.executors.inside.talk import say

THREADLESS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_THREAD_TIMEOUT": "20",
    "_RJEM_MALLOC_CONF": "background_thread:false",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Variables that keep libraries from starting threads as soon as they are loaded. Those of OpenBLAS, which a kernel
starts, look for work during 2²⁰ cycles before they sleep, not 2²⁶: that was a third of what a small run costs."""
_INSTALLED = ("site-packages", "dist-packages")
# What ipykernel and IPython load when a kernel starts and executes its first cell, so that each child need not.
_KERNEL = """ipykernel.debugger ipykernel.kernelapp ipykernel.ipkernel ipykernel.zmqshell IPython.core.completerlib
    IPython.core.debugger IPython.core.logger IPython.core.oinspect IPython.core.pylabtools
    IPython.extensions.storemagic IPython.utils.wildcard sqlite3 pdb faulthandler mimetypes psutil
    tornado.platform.asyncio tornado.queues""".split()


class Imports:
    """Imports, and afterwards knows what is still to be done in the kernel itself."""

    def __init__(self) -> None:
        self._deferred: list[Any] = []
        self._filters: list[Any] = []
        self._variables: dict[str, str] = {}

    def run(self, worker: socket.socket, names: list[str], *, gently: bool) -> None:
        """Import what the environment has of `names`, and tell the worker what came of it; ends the process when one
        of them does not suit."""
        folders = {path: changed(path) for path in sys.path}
        with low_priority() if gently else contextlib.nullcontext():
            gc.disable()  # what is imported stays, and looking for garbage in it takes a tenth of the time
            _import_kernel()
            before = set(sys.modules)
            self._import(worker, names)
            gc.enable()
        loaded = set(sys.modules) - before
        say(
            worker,
            ready=True,
            threads=threads(),
            names=sorted({name.partition(".")[0] for name in loaded}),
            changed={**folders, **_files_outside(loaded)},
        )

    def _import(self, worker: socket.socket, names: list[str]) -> None:
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as every kernel has
        filters, variables = list(warnings.filters), dict(os.environ)
        deferring = _Deferring(self._deferred)
        sys.meta_path.insert(0, deferring)
        for name in names:
            say(worker, importing=name)
            fault = _imported(name)
            if fault:
                say(worker, unsuitable=name, reason=fault)
                os._exit(0)
        sys.meta_path.remove(deferring)
        self._filters = [one for one in warnings.filters if one not in filters]
        _set_filters(filters)
        self._variables = {
            name: value.replace(f",{THREADLESS.get(name)}", "")
            for name, value in os.environ.items()
            if variables.get(name) != value
        }

    def make_good(self) -> None:
        """Do what the imports would do in a kernel: on top of what the kernel itself has set up."""
        for function, arguments in self._deferred:
            function(*arguments)
        _set_filters([*self._filters, *warnings.filters])
        for name, value in self._variables.items():
            os.environ.setdefault(name, value)


class _Deferring(importlib.abc.MetaPathFinder):
    """Polars starts a thread by one call while it is imported. That call is left to whoever becomes a kernel."""

    CALL = "__register_startup_deps"

    def __init__(self, deferred: list[Any]) -> None:
        self._deferred = deferred

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if not fullname.endswith("._polars_runtime"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_defer(module: Any) -> None:
                execute(module)
                function = getattr(module, self.CALL, None)
                if function is not None:
                    setattr(module, self.CALL, lambda *arguments: self._deferred.append((function, arguments)))

            spec.loader.exec_module = execute_and_defer  # type: ignore[method-assign]
        return spec


def _import_kernel() -> None:
    """What every kernel needs. Nobody debugs a run, and the debugger alone would double the start."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in _KERNEL:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    del sys.modules["debugpy"]


def _imported(name: str) -> str:
    """Import it, if it is there; why no kernel can be handed over with it, or nothing."""
    shell: Any = importlib.import_module("IPython.core.interactiveshell").InteractiveShell
    if not _is_installed(name):
        return ""
    said: list[str] = []

    def initialized(_: Any) -> bool:
        said.append("it asks for IPython")
        return False

    shown, printed = warnings.showwarning, _printed()
    warnings.showwarning = lambda *_, **__: said.append("it warns")
    shell.initialized = classmethod(initialized)
    try:
        importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - the notebook will see it, whatever it is
        return "it cannot be imported"
    finally:
        del shell.initialized
        warnings.showwarning = shown
    if threads() > 1:
        return "it starts a thread"
    return said[0] if said else "it prints" if _printed() != printed else ""


def _is_installed(name: str) -> bool:
    """Whether the module comes with the environment: what people are writing may be another file by the next run."""
    package = name.partition(".")[0]
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return False
    if spec is None or package == "mesh_workbench":
        return spec is not None
    places = [spec.origin or "", *(spec.submodule_search_locations or [])]
    return any(place in ("built-in", "frozen") or place.startswith(_inside()) for place in places)


def _inside() -> tuple[str, ...]:
    """The folders of the standard library and of what is installed."""
    standard = str(Path(os.__file__).parent)
    return tuple(path + os.sep for path in sys.path if path.startswith(standard) or Path(path).name in _INSTALLED)


def _files_outside(names: set[str]) -> dict[str, int]:
    """When the files of those modules changed that are not the environment's own."""
    files = {getattr(sys.modules.get(name), "__file__", None) or "" for name in names}
    return {file: changed(file) for file in files if file and not file.startswith(_inside())}


def changed(path: str) -> int:
    """When a file or folder changed last, in nanoseconds; 0 when it is not there."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _printed() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    return os.fstat(1).st_size + os.fstat(2).st_size


def _set_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]
