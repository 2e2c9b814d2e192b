"""Folders of the workbench that people name."""

from __future__ import annotations

from pathlib import Path

from mesh_workbench.errors import MeshError
from mesh_workbench.notebooks.folder import NotebookFolder
from mesh_workbench.settings import FILE, Settings, find_root, load


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


def notebook_folder(settings: Settings, folder: str | None) -> NotebookFolder | None:
    """What may be read of `folder`, which `inside` gave: nothing of the workbench's own."""
    if folder is None:
        return None
    registry = settings.registry_url.removeprefix("sqlite:///")
    own = [settings.root / FILE, settings.storage_root, settings.secrets_folder]
    own += (
        [Path(registry + end) for end in ("", "-wal", "-shm", "-journal")] if registry != settings.registry_url else []
    )
    return NotebookFolder(
        root=settings.root.resolve(),
        name=folder,
        kept_out=tuple(place.resolve() for place in own),
        file_bytes=int(settings.project_file_mb * 1_000_000),
        all_bytes=int(settings.project_mb * 1_000_000),
    )


def folder_around(file: Path) -> NotebookFolder:
    """What may be read of the folder in which a notebook's file lies; without a workbench around it, of that alone."""
    parent = file.resolve().parent
    try:
        settings = load(find_root(parent))
    except MeshError:
        return NotebookFolder(root=parent, name=".")
    return notebook_folder(settings, inside(settings.root, str(parent))) or NotebookFolder(root=parent, name=".")
