"""What `mesh doctor` looks at every time: each look is quick, one function here and one line at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.cli import doctor_told, show
from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench.model.examination import Finding
    from mesh_workbench.registry import Registry
    from mesh_workbench.settings import Settings

_GIB = 1 << 30
_FEW_INODES = 0.02
"""Share of all files and folders that a disk can have, below which it is nearly full, too."""
_WEEK = 7
"""Days that are looked back on for the pace at which tables grow, and that must be left at that pace."""


def look(chosen: Settings) -> Iterator[Finding]:
    """One finding a look; without a registry those that need none."""
    from mesh_workbench.registry import open_registry

    yield _finding("settings", True, str(chosen.root))
    yield _storage(chosen)
    yield _disk(chosen)
    try:
        registry = open_registry(chosen.registry_url, create=False)
    except MeshError as error:
        yield _finding("registry", False, error.message, error.hint)
        return
    try:
        yield _finding("registry", True, f"{registry.dialect}, {registry.place}")
        for check, look in _LOOKS:
            yield _guarded(check, look, registry, chosen)
    finally:
        registry.close()


def _finding(check: str, ok: bool, detail: str, hint: str = "") -> Finding:
    from mesh_workbench.model.examination import Finding

    return Finding(check=check, ok=ok, detail=detail, hint=hint)


def _guarded(
    check: str, look: Callable[[Registry, Settings], Finding], registry: Registry, chosen: Settings
) -> Finding:
    try:
        return look(registry, chosen)
    except MeshError as error:
        return _finding(check, False, error.message, error.hint)


def _storage(chosen: Settings) -> Finding:
    folder = chosen.storage_root
    if not folder.exists():
        return _finding("storage", True, f"{folder} is made by the first run")
    if not os.access(folder, os.W_OK):
        return _finding("storage", False, f"{folder} cannot be written", "Make the folder yours, or change `storage`.")
    room = os.statvfs(folder)
    free, files = room.f_bavail * room.f_frsize, room.f_favail / room.f_files if room.f_files else 1.0
    detail = f"{folder}, {show.size(free)} free" + (f", {files:.0%} of its files" if files < _FEW_INODES else "")
    well = free > chosen.low_disk_gib * _GIB and files >= _FEW_INODES
    return _finding("storage", well, detail, "Make room: publishing needs space for new files. `mesh tidy` may help.")


def _disk(chosen: Settings) -> Finding:
    from mesh_workbench.lifecycle.disk import disk_use

    url = chosen.registry_url
    registry = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    uses = disk_use(chosen.storage_root, chosen.root / "scratch", registry)
    words = [f"{use.kind} {'about ' if use.about else ''}{show.size(use.bytes)}" for use in uses]
    return _finding("disk", True, ", ".join(words)).model_copy(update={"disk": uses})


def _growth(registry: Registry, chosen: Settings) -> Finding:
    a_day = registry.releases.bytes_since(registry.now() - timedelta(days=_WEEK)) / _WEEK
    if not a_day or not chosen.storage_root.exists():
        return _finding("growth", True, "nothing was published in the last 7 days")
    left = shutil.disk_usage(chosen.storage_root).free / a_day
    detail = f"{show.size(a_day)} a day in the last 7 days"
    detail += f": the disk is full in about {left:,.0f} days" if left < 365 else ""
    return _finding("growth", left > _WEEK, detail, "Make room, or a larger disk, before it is full.")


def _workers(registry: Registry, chosen: Settings) -> Finding:
    alive = registry.workers.alive(chosen.heartbeat_s * 3)
    queued, _running = registry.runs.counts()
    if alive:
        names = ", ".join(
            f"{worker.host} ({'everybody' if worker.identity == '*' else worker.identity})" for worker in alive
        )
        return _finding("workers", True, f"{len(alive)} alive: {names}")
    return _finding(
        "workers",
        queued == 0,
        f"none alive, {queued} runs waiting",
        "Start one with `mesh worker`, or open JupyterLab.",
    )


def _publications(registry: Registry, _chosen: Settings) -> Finding:
    unfinished = registry.publications.unfinished_products()
    names = [product.full_name if (product := registry.products.by_id(one)) else one for one in unfinished]
    detail = f"unfinished: {', '.join(names)}" if names else "none unfinished"
    return _finding("publications", not names, detail, "The next worker finishes or discards them: `mesh worker`.")


def _runs(registry: Registry, _chosen: Settings) -> Finding:
    lost = registry.runs.expired()
    detail = f"{len(lost)} lost their worker" if lost else "none lost"
    return _finding("runs", not lost, detail, "The next worker resolves them: `mesh worker`.")


_LOOKS: tuple[tuple[str, Callable[[Registry, Settings], Finding]], ...] = (
    ("growth", _growth),
    ("workers", _workers),
    ("publications", _publications),
    ("runs", _runs),
    ("late", doctor_told.late_products),
    ("messages", doctor_told.messages),
)
