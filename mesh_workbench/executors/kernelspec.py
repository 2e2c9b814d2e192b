"""Kernelspecs: how a kernel of a given name is started."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template

from mesh_workbench.executors.kernel import NoKernel

_LAUNCHERS = ("ipykernel_launcher", "ipykernel")
_PLACE = re.compile(r"\{([A-Za-z0-9_]+)\}")


@dataclass(frozen=True)
class Kernelspec:
    """What `kernel.json` says."""

    name: str
    argv: tuple[str, ...]
    folder: str
    variables: Mapping[str, str] = field(default_factory=dict)
    interrupt_by_message: bool = False

    def command(self, connection_file: str) -> list[str]:
        """The command that starts it."""
        named = {"connection_file": connection_file, "prefix": sys.prefix, "resource_dir": self.folder}
        words = [_PLACE.sub(lambda found: named.get(found[1], found[0]), word) for word in self.argv]
        return [self.interpreter, *words[1:]]

    @property
    def interpreter(self) -> str:
        """Its program, which is our own interpreter for bare names such as `python3`, as everywhere in Jupyter."""
        major, minor = sys.version_info[:2]
        first = self.argv[0]
        if first in {"python", f"python{major}", f"python{major}.{minor}"}:
            return sys.executable
        return shutil.which(first) or first

    @property
    def options(self) -> tuple[str, ...]:
        """The interpreter's own options."""
        return self.argv[1 : self.argv.index("-m")] if self.is_ipykernel else ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """What follows the launcher, `{connection_file}` included."""
        return self.argv[self.argv.index("-m") + 2 :] if self.is_ipykernel else ()

    @property
    def is_ipykernel(self) -> bool:
        """Whether it starts ipykernel with some Python, without anything in between."""
        if "-m" not in self.argv[1:-1]:
            return False
        at = self.argv.index("-m")
        return self.argv[at + 1] in _LAUNCHERS and all(word.startswith("-") for word in self.argv[1:at])

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """`given` with the variables that the kernelspec adds."""
        return {**given, **{name: Template(value).safe_substitute(given) for name, value in self.variables.items()}}


def find(name: str) -> Kernelspec:
    """The kernelspec called `name`. Raises NoKernel."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager = KernelSpecManager()
    try:
        found = manager.get_kernel_spec(name)
    except (NoSuchKernel, ValueError, OSError) as error:
        raise NoKernel(", ".join(sorted(manager.find_kernel_specs())), missing=True) from error
    if not found.argv:
        raise NoKernel("its kernelspec has no command")
    return Kernelspec(
        name=name,
        argv=tuple(found.argv),
        folder=found.resource_dir,
        variables=dict(found.env),
        interrupt_by_message=found.interrupt_mode == "message",
    )
