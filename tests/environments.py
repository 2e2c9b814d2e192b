"""Environments of Python beside the one of the tests, with kernelspecs by which they are found."""

from __future__ import annotations

import json
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OtherEnvironment:
    """A virtual environment, and the kernel that stands for it."""

    kernel: str
    jupyter_path: Path
    """What JUPYTER_PATH must name, so that the kernel is found."""
    python: Path
    packages: Path
    """Its site-packages."""

    def add_module(self, name: str, source: str) -> None:
        """Install a module, as an installer does: what was there is replaced, not written to."""
        part = self.packages / f"{name}.py.part"
        part.write_text(source, encoding="utf-8")
        part.replace(self.packages / f"{name}.py")

    def add_distribution(self, name: str, version: str) -> None:
        """Say that a distribution is installed."""
        folder = self.packages / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")


def other_environment(folder: Path, kernel: str, *, with_ours: bool = True) -> OtherEnvironment:
    """A virtual environment in `folder`: an empty one, or one that has what ours has, and more to come."""
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    packages = folder / "env" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    if with_ours:
        ours = sysconfig.get_path("purelib")
        (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n", encoding="utf-8")
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": kernel}
    (folder / "share" / "kernels" / kernel).mkdir(parents=True)
    (folder / "share" / "kernels" / kernel / "kernel.json").write_text(json.dumps(spec | {"language": "python"}))
    return OtherEnvironment(kernel, folder / "share", python, packages)
