"""The command line in this process: as quick as a function, with the exit code and both streams of the real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def problem(self) -> Any:
        return json.loads(self.err)


Mesh = Callable[..., Said]


@pytest.fixture
def mesh(capfd: pytest.CaptureFixture[str]) -> Mesh:
    """Call the command line: `mesh("domain", "list")`."""

    def call(*arguments: str) -> Said:
        capfd.readouterr()
        code = run(make_app(), list(arguments))
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def bench_folder(tmp_path: Path, mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new, empty workbench, which is also the working directory."""
    folder = tmp_path / "bench"
    assert mesh("init", str(folder)).code == 0
    monkeypatch.delenv("MESH_WORKBENCH", raising=False)
    monkeypatch.chdir(folder)
    return folder
