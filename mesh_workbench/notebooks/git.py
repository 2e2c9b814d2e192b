"""Asks Git about the folder of a notebook, without letting the repository's configuration execute anything."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from mesh_workbench.model.git import GitState

TIMEOUT_S = 5.0
_HARMLESS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false")


def git_of(folder: Path, files: Sequence[Path]) -> GitState | None:
    """The state of `folder` and of `files`; None when it is in no repository, there is no Git, or it does not answer in
    time."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules", "--", ".")
        if files and not changed:
            names = [os.path.relpath(file, folder) for file in files]
            known = _git(folder, "ls-files", "-z", "--", *names).split("\0")
            changed = _git(folder, "status", "--porcelain", "--untracked-files=all", "--", *names)
            changed = changed or "".join(name for name in names if name not in known)  # ignored files are not committed
    except (OSError, subprocess.SubprocessError):
        return None
    return GitState(commit=commit, branch="" if branch == "HEAD" else branch, dirty=bool(changed))


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *_HARMLESS, *arguments],
        cwd=folder,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return done.stdout.strip("\n")
