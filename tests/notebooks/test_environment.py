"""What a kernel's environment has installed."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import pytest

from mesh_workbench.errors import NotFound, Unavailable
from mesh_workbench.notebooks.environment import capture


def install_kernel(folder: Path, name: str, argv: list[str]) -> None:
    (folder / "kernels" / name).mkdir(parents=True)
    spec = {"argv": [*argv, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": name}
    (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec | {"language": "python"}))


def test_this_interpreter_is_described() -> None:
    environment = capture("python3")
    assert environment.python == platform.python_version()
    assert "pydantic" in environment.distributions


def test_another_interpreter_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (tmp_path / "python").symlink_to(Path(sys.executable).resolve())
    install_kernel(tmp_path, "bare", [str(tmp_path / "python")])
    environment = capture("bare")
    assert environment.kernelspec == "bare"
    assert "mesh-workbench" not in environment.distributions


def test_a_kernel_that_is_not_there_is_named_with_a_suggestion() -> None:
    with pytest.raises(NotFound, match=r"Did you mean python3\?") as refused:
        capture("python4")
    assert refused.value.code == "kernel.unknown"


@pytest.mark.parametrize("interpreter", ["/nowhere/python", "/bin/false"])
def test_a_kernel_that_cannot_be_asked_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interpreter: str
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    install_kernel(tmp_path, "broken", [interpreter])
    with pytest.raises(Unavailable) as refused:
        capture("broken")
    assert refused.value.code == "kernel.broken"
