"""Folders of the workbench that people name."""

from __future__ import annotations

from pathlib import Path


def inside(root: Path, folder: str | None) -> str | None:
    """`folder`, absolute or relative to `root`, as it is written relative to it; None when it is not inside."""
    if folder is None or "\0" in folder:
        return None
    root = root.resolve()
    try:
        resolved = (root / Path(folder).expanduser()).resolve()
    except (RuntimeError, OSError):  # no such home, or a circle of links
        return None
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else None
