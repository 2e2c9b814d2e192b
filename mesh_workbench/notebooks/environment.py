"""What a kernel's environment has installed, recorded with every product version."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mesh_workbench.errors import NotFound, Unavailable, did_you_mean
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.version import Environment
from mesh_workbench.notebooks import installed
from mesh_workbench.notebooks.installed import look

ASK_TIMEOUT_S = 30.0


class Environments:
    """Remembers what is installed where, until a folder changes from which modules are imported. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[list[str], Environment, bytes, dict[str, int]]] = {}

    def describe(self, kernel: str) -> Environment:
        """As `capture`, and raises what it raises."""
        return self.locked(kernel)[0]

    def locked(self, kernel: str) -> tuple[Environment, bytes]:
        """With the lock whose digest the environment holds: JSON, equal for equal environments."""
        argv = _argv(kernel)
        with self._lock:
            known = self._known.get(kernel)
            if known is not None and known[0] == argv and known[3] == _changed(known[3]):
                return known[1], known[2]
            environment, lock, folders = _described(kernel, argv)
            self._known[kernel] = argv, environment, lock, _changed(folders)
            return environment, lock


environments = Environments()
"""Those of this process: planning and promoting ask for the same one within seconds."""


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


def _described(kernel: str, argv: list[str]) -> tuple[Environment, bytes, list[str]]:
    """The environment, its lock, and the folders from which it imports."""
    interpreter = _interpreter(argv)
    ours = interpreter is None or Path(interpreter) == Path(sys.executable)
    found: dict[str, Any] = look() if interpreter is None or ours else _ask(kernel, interpreter)
    distributions = dict(sorted(found["distributions"].items(), key=lambda pair: pair[0].lower()))
    lock = {
        "python": found["python"],
        "implementation": found["implementation"],
        "platform": found["platform"],
        "distributions": [
            {"name": name, "version": version, "content": content, "origin": origin}
            for name, (version, content, origin) in distributions.items()
        ],
    }
    text = (json.dumps(lock, indent=1) + "\n").encode()
    environment = Environment(
        kernelspec=kernel,
        python=found["python"],
        implementation=found["implementation"],
        interpreter=interpreter or sys.executable,
        platform=found["platform"],
        distributions={name: version for name, (version, _, _) in distributions.items()},
        lock=digest_of(text),
    )
    return environment, text, [folder for folder in found["folders"] if folder]


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


def _ask(kernel: str, interpreter: str) -> dict[str, Any]:
    question = Path(installed.__file__).read_text(encoding="utf-8")
    try:
        done = subprocess.run(
            [interpreter, "-c", question], capture_output=True, text=True, timeout=ASK_TIMEOUT_S, check=True
        )
        found = json.loads(done.stdout.strip().splitlines()[-1])
        if {"python", "implementation", "platform", "folders", "distributions"} <= set(found):
            return dict(found)
        raise ValueError("its answer is incomplete")
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise Unavailable(
            "kernel.broken",
            f"The interpreter of kernel {kernel!r}, {interpreter}, cannot be asked what it has installed: {error}.",
            hint="Repair or remove that kernel (`jupyter kernelspec list`).",
        ) from error
