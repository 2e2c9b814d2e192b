"""Leftovers: files that belong to no release, and folders of which the registry knows nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.lifecycle.examine.tables import Table, tables_of
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product

_OF_A_LOG = re.compile(r"\d{20}(\..+)?\.(json|parquet|crc)|_last_checkpoint")


def files(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _files)


def _files(scene: Scene, product: Product) -> Iterator[Problem]:
    for table in tables_of(scene, product):
        for path in _orphans(scene, table):
            young = time.time() - path.stat().st_mtime < scene.grace_s
            yield Problem(
                subject=str(path),
                product=product.full_name,
                message="It belongs to no release, and no commit ever named it"
                + (f"; it is younger than {scene.grace_s / 3600:g} hours." if young else "."),
                repairable=not young,
            )


def _orphans(scene: Scene, table: Table) -> Iterator[Path]:
    """Files in the table's folder that no release and no commit ever named."""
    known = {span.file.path for span in scene.registry.anomalies.file_spans(table.port_id, table.major)}
    for commit in scene.storage.history(table.folder):
        known.update(commit.added)
    for path in sorted(table.folder.rglob("*")):
        inside = path.relative_to(table.folder)
        of_log = inside.parts[0] == "_delta_log"
        fits = _OF_A_LOG.fullmatch(path.name) if of_log else inside.as_posix() in known
        if not fits and path.is_file():
            yield path


def delete(_scene: Scene, problem: Problem) -> str:
    Path(problem.subject).unlink(missing_ok=True)
    return "It was deleted."


def folders(scene: Scene) -> Iterator[Problem]:
    """Folders of runs and ports that the registry does not know. They are never deleted: the registry may be older
    than the storage, because it was restored from a backup."""
    tables, runs = scene.storage.root / "tables", scene.storage.runs
    of_tables = {entry.name for entry in tables.iterdir()} if tables.is_dir() else set()
    of_runs = {entry.name for entry in runs.iterdir()} if runs.is_dir() else set()
    # the registry is asked last: it knows of everything before there is a folder
    names = scene.registry.products.names()
    products = [product for name in names if (product := scene.registry.products.get(*name.split(".")))]
    ports = {port.id for product in products for port in scene.registry.products.ports(product.id)}
    for place, unknown in ((tables, of_tables - ports), (runs, of_runs - scene.registry.anomalies.known_runs())):
        for name in sorted(unknown):
            if not name.startswith("."):
                yield Problem(
                    subject=str(place / name),
                    message="The registry does not know whose it is. Was it restored from a backup?",
                )
