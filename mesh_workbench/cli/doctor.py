"""`mesh doctor`: whether everything is as it should be, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import MeshError, Unavailable

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.settings import Settings

_LITTLE_ROOM = 1 << 30
"""Bytes below which the storage is said to be nearly full."""


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    check: str
    ok: bool
    detail: str
    hint: str = ""


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(as_json: Json = False) -> None:
    """Look at registry, storage, workers and unfinished publications; the exit code is 7 when something is wrong."""
    from mesh_workbench import settings

    chosen = settings.load(settings.find_root())
    findings = list(_look(chosen))
    if as_json:
        show.items_as_json([asdict(finding) for finding in findings])
    else:
        show.table(
            ["", "what", "how it is"],
            [("ok" if finding.ok else "!!", finding.check, finding.detail) for finding in findings],
        )
    wrong = [finding for finding in findings if not finding.ok]
    if wrong:
        raise Unavailable(
            "doctor.not-well",
            f"{len(wrong)} of {len(findings)} checks found something: {', '.join(one.check for one in wrong)}.",
            hint=wrong[0].hint,
        )
    if not as_json:
        show.say(f"{chosen.root} is well.")


def _look(chosen: Settings) -> Iterator[Finding]:
    from mesh_workbench.registry import open_registry

    yield Finding("settings", True, str(chosen.root))
    yield _storage(chosen.storage_root)
    try:
        registry = open_registry(chosen.registry_url, create=False)
    except MeshError as error:
        yield Finding("registry", False, error.message, error.hint)
        return
    try:
        yield Finding("registry", True, f"{registry.dialect}, {registry.place}")
        for check, look in (("workers", _workers), ("publications", _publications), ("runs", _runs)):
            yield _guarded(check, look, registry, chosen)
    finally:
        registry.close()


def _guarded(
    check: str, look: Callable[[Registry, Settings], Finding], registry: Registry, chosen: Settings
) -> Finding:
    try:
        return look(registry, chosen)
    except MeshError as error:
        return Finding(check, False, error.message, error.hint)


def _storage(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("storage", True, f"{folder} is made by the first run")
    if not os.access(folder, os.W_OK):
        return Finding("storage", False, f"{folder} cannot be written", "Make the folder yours, or change `storage`.")
    free = shutil.disk_usage(folder).free
    detail = f"{folder}, {free / (1 << 30):,.1f} GiB free"
    return Finding("storage", free > _LITTLE_ROOM, detail, "Make room: publishing needs space for new files.")


def _workers(registry: Registry, chosen: Settings) -> Finding:
    alive = registry.workers.alive(chosen.heartbeat_s * 3)
    queued, _running = registry.runs.counts()
    if alive:
        names = ", ".join(
            f"{worker.host} ({'everybody' if worker.identity == '*' else worker.identity})" for worker in alive
        )
        return Finding("workers", True, f"{len(alive)} alive: {names}")
    return Finding(
        "workers",
        queued == 0,
        f"none alive, {queued} runs waiting",
        "Start one with `mesh worker`, or open JupyterLab.",
    )


def _publications(registry: Registry, _chosen: Settings) -> Finding:
    unfinished = registry.publications.unfinished_products()
    names = [product.full_name if (product := registry.products.by_id(one)) else one for one in unfinished]
    detail = f"unfinished: {', '.join(names)}" if names else "none unfinished"
    return Finding("publications", not names, detail, "The next worker finishes or discards them: `mesh worker`.")


def _runs(registry: Registry, _chosen: Settings) -> Finding:
    lost = registry.runs.expired()
    detail = f"{len(lost)} lost their worker" if lost else "none lost"
    return Finding("runs", not lost, detail, "The next worker resolves them: `mesh worker`.")
