"""The wheel, built once, and a clean environment in which it is installed, with no Node in reach."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "mesh_workbench" / "labextension" / "static" / "style.js"
TOOLS = ("sh", "cp", "mkdir", "cat", "ls", "uname", "env")
"""What a shell needs for the tour. There is no Node among them, and no compiler."""


@dataclass(frozen=True)
class Clean:
    """An environment outside the repository in which only the wheel is installed."""

    folder: Path
    environment: dict[str, str]

    def run(self, script: str, *, cwd: Path, timeout_s: float = 240) -> subprocess.CompletedProcess[str]:
        """Run a shell script; what it printed, both streams in one."""
        return subprocess.run(
            ["/bin/sh", "-eu", "-c", script],
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    if not BUILT.exists():
        if os.environ.get("CI"):
            pytest.fail("The front end is not built: run `make frontend`.")
        pytest.skip("the front end is not built: run `make frontend`")
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(target.glob("*.whl"))


@pytest.fixture(scope="session")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The wheel with the extras `lab` and `demo`, at the locked versions."""
    folder = tmp_path_factory.mktemp("clean")
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    venv.create(folder / "env", with_pip=uv is None, symlinks=True)
    python = folder / "env" / "bin" / "python"
    pins = folder / "pins.txt"
    pins.write_text("\n".join(_pins()), encoding="utf-8")
    installer = (
        [uv, "pip", "install", "--compile-bytecode", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install"]
    )
    command = [*installer, "--quiet", "--constraint", str(pins), f"mesh-workbench[lab,demo] @ {wheel.as_uri()}"]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    tools = folder / "tools"
    tools.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tools / tool).symlink_to(found)
    home = folder / "home"
    home.mkdir()
    environment = {
        "PATH": f"{python.parent}{os.pathsep}{tools}",
        "HOME": str(home),
        "USER": os.environ.get("USER", "tester"),
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
    }
    return Clean(folder, environment)


def _pins() -> list[str]:
    """The lock file without its hashes: they would be demanded of the wheel, too."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return [line.rstrip(" \\") for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
