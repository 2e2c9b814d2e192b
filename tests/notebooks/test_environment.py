"""What a kernel's environment has installed."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import pytest

from mesh_workbench.errors import NotFound, Unavailable
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.version import Environment
from mesh_workbench.notebooks import installed
from mesh_workbench.notebooks.environment import Environments, capture


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


def test_the_lock_holds_every_distribution_with_the_digest_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment, text = Environments().locked("python3")
    assert environment.lock == digest_of(text)
    assert (environment.implementation, environment.interpreter) == (platform.python_implementation(), sys.executable)
    lock = json.loads(text)
    found = {one["name"]: one for one in lock["distributions"]}
    assert {name: one["version"] for name, one in found.items()} == environment.distributions
    assert found["pydantic"]["content"].startswith("sha256:")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    install_kernel(tmp_path, "same", [str(Path(sys.executable).parent / ".." / "bin" / "python")])
    asked = Environments().locked("same")[1]
    assert json.loads(asked) == lock  # asked in another process


RECORD = """demo/__init__.py,sha256=aaa,12
demo/__pycache__/__init__.cpython-311.pyc,sha256=bbb,99
"demo/with, comma.py",sha256=ccc,3
../../../bin/demo,sha256=ddd,200
demo-1.0.dist-info/METADATA,sha256=eee,40
demo-1.0.dist-info/INSTALLER,sha256=fff,4
demo-1.0.dist-info/RECORD,,
"""


def installed_as(folder: Path, record: str, direct_url: str = "") -> tuple[str, str]:
    """Content and origin of a distribution with that record."""
    info = folder / "demo-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
    (info / "RECORD").write_text(record)
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)
    (distribution,) = installed.metadata.distributions(path=[str(folder)])
    return installed._content(distribution), installed._origin(distribution)


def test_the_content_of_a_distribution_is_that_of_its_wheel_on_every_machine(tmp_path: Path) -> None:
    first, origin = installed_as(tmp_path / "a", RECORD)
    assert origin == ""
    elsewhere = RECORD.replace("bbb", "b2").replace("ddd", "d2").replace("fff", "f2")
    assert installed_as(tmp_path / "b", "".join(sorted(elsewhere.splitlines(keepends=True))))[0] == first
    assert installed_as(tmp_path / "c", RECORD.replace("aaa", "tampered"))[0] != first
    assert installed_as(tmp_path / "d", "")[0] == ""


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        ('{"url": "file:///src/demo", "dir_info": {"editable": true}}', "file:///src/demo (editable)"),
        (
            '{"url": "https://me:token@example.org/demo", "vcs_info": {"vcs": "git", "commit_id": "4fe1"}}',
            "https://example.org/demo@4fe1",
        ),
        ("[]", ""),
        ("{", ""),
    ],
)
def test_where_a_distribution_came_from_is_told_without_credentials(tmp_path: Path, told: str, origin: str) -> None:
    assert installed_as(tmp_path / "a", RECORD, told)[1] == origin


def test_equal_versions_with_other_files_are_a_difference() -> None:
    before = Environment(
        kernelspec="python3", python="3.11.7", distributions={"demo": "1.0"}, lock="sha256:" + "1" * 64
    )
    after = before.model_copy(update={"lock": "sha256:" + "2" * 64})
    assert [str(one) for one in before.differences(after)] == [
        "installed files sha256:111111111111 → sha256:222222222222"
    ]
    assert before.differences(before.model_copy(update={"lock": None})) == []
