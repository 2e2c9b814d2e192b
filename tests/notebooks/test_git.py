"""Where a notebook's folder stands in its repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mesh_workbench.notebooks.git import git_of


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=ana", "-c", "user.email=ana@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in a repository, with a file that is committed and one that is ignored."""
    made = tmp_path / "repository" / "notebooks"
    made.mkdir(parents=True)
    git(made.parent, "init", "--quiet")
    (made / "helpers.py").write_text("x = 1\n")
    (made.parent / ".gitignore").write_text("data.csv\n")
    (made / "data.csv").write_text("a\n")
    git(made.parent, "add", ".")
    git(made.parent, "commit", "--quiet", "-m", "Begin")
    return made


def test_commit_branch_and_a_clean_folder(folder: Path) -> None:
    found = git_of(folder, [folder / "helpers.py"])
    assert found is not None
    assert (found.commit, found.branch, found.dirty) == (git(folder, "rev-parse", "HEAD"), "main", False)
    git(folder, "checkout", "--quiet", "--detach")
    detached = git_of(folder, [])
    assert detached is not None
    assert detached.branch == ""


def test_what_is_not_committed_makes_it_dirty(folder: Path) -> None:
    def dirty(*files: str) -> bool:
        found = git_of(folder, [folder / name for name in files])
        assert found is not None
        return found.dirty

    (folder.parent / "elsewhere.txt").write_text("not of this notebook")
    (folder / "untracked.csv").write_text("a\n")
    assert not dirty("helpers.py")
    assert dirty("untracked.csv")
    assert dirty("data.csv")  # ignored, and yet part of the version
    (folder / "helpers.py").write_text("x = 2\n")
    assert dirty()


def test_without_repository_or_commit_nothing_is_said(tmp_path: Path) -> None:
    assert git_of(tmp_path, []) is None
    git(tmp_path, "init", "--quiet")
    assert git_of(tmp_path, []) is None
    assert git_of(tmp_path / "nowhere", []) is None


def test_the_configuration_of_a_repository_executes_nothing(folder: Path) -> None:
    bait = folder.parent / "executed"
    git(folder, "config", "core.fsmonitor", f"touch {bait}")
    assert git_of(folder, [folder / "helpers.py"]) is not None
    assert not bait.exists()
