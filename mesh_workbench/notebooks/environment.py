"""What a kernel's environment has installed, recorded with every product version."""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from mesh_workbench.errors import NotFound, Unavailable, did_you_mean
from mesh_workbench.model.version import Environment

ASK_TIMEOUT_S = 30.0
# Runs in another interpreter, which need not have this package.
_QUESTION = """
import importlib.metadata, json, platform, sys, sysconfig
found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if d.metadata["Name"]}
print(json.dumps([platform.python_version(), sysconfig.get_platform(), found, sys.path]))
"""


class Environments:
    """Remembers what is installed where, until a folder changes from which modules are imported. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[list[str], Environment, dict[str, int]]] = {}

    def describe(self, kernel: str) -> Environment:
        """As `capture`, and raises what it raises."""
        argv = _argv(kernel)
        with self._lock:
            known = self._known.get(kernel)
            if known is not None and known[0] == argv and known[2] == _changed(known[2]):
                return known[1]
            environment, folders = _described(kernel, argv)
            self._known[kernel] = argv, environment, _changed(folders)
            return environment


def capture(kernel: str) -> Environment:
    """The environment of the kernelspec named `kernel`: its Python, platform and distributions.

    The kernel's interpreter is asked, in a process of its own, unless it is this one. Raises NotFound
    `kernel.unknown`, and Unavailable `kernel.broken` when that interpreter is gone or does not answer.
    """
    return _described(kernel, _argv(kernel))[0]


def kernel_names() -> list[str]:
    """Names of the kernelspecs that are installed here."""
    from jupyter_client.kernelspec import KernelSpecManager

    return sorted(KernelSpecManager().find_kernel_specs())


def _described(kernel: str, argv: list[str]) -> tuple[Environment, list[str]]:
    """The environment, and the folders from which it imports."""
    interpreter = _interpreter(argv)
    if interpreter is None or Path(interpreter) == Path(sys.executable):
        found = {dist.name: dist.version for dist in metadata.distributions() if dist.name}
        python, system, folders = platform.python_version(), sysconfig.get_platform(), sys.path
    else:
        python, system, found, folders = _ask(kernel, interpreter)
    environment = Environment(
        kernelspec=kernel,
        python=python,
        platform=system,
        distributions=dict(sorted(found.items(), key=lambda pair: pair[0].lower())),
    )
    return environment, [folder for folder in folders if folder]


def _changed(folders: Iterable[str]) -> dict[str, int]:
    """When each folder changed last; those that are not there are left out."""
    found: dict[str, int] = {}
    for folder in folders:
        with contextlib.suppress(OSError):
            found[folder] = Path(folder).stat().st_mtime_ns
    return found


def _argv(kernel: str) -> list[str]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return list(KernelSpecManager().get_kernel_spec(kernel).argv)
    except (NoSuchKernel, ValueError) as error:
        raise NotFound(
            "kernel.unknown",
            f"There is no kernel {kernel!r} on this machine.",
            hint=f"{did_you_mean(kernel, kernel_names())} Choose another kernel for the notebook, or install that one.",
        ) from error


def _interpreter(argv: list[str]) -> str | None:
    """Path of the kernel's interpreter; None for this one, which bare names such as `python3` mean in Jupyter."""
    major, minor = sys.version_info[:2]
    if not argv or argv[0] in {"python", f"python{major}", f"python{major}.{minor}"}:
        return None
    return shutil.which(argv[0]) or argv[0]


def _ask(kernel: str, interpreter: str) -> tuple[str, str, dict[str, str], list[str]]:
    try:
        done = subprocess.run(
            [interpreter, "-c", _QUESTION], capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=True
        )
        python, system, found, folders = json.loads(done.stdout.strip().splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise Unavailable(
            "kernel.broken",
            f"The interpreter of kernel {kernel!r}, {interpreter}, cannot be asked what it has installed: {error}.",
            hint="Repair or remove that kernel (`jupyter kernelspec list`).",
        ) from error
    return str(python), str(system), {str(name): str(version) for name, version in found.items()}, list(folders)
