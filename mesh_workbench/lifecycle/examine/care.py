"""Care: tables that have become slow to open, although publishing looks after that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.lifecycle.examine.tables import Table, tables_of
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product
from mesh_workbench.storage import compact

_MANY_FILES = 10 * compact.AT_LEAST
_LONG_LOG = 100
"""Commits without a checkpoint; one is written every 20."""
_MANY_SPARE = 1_000
"""Entries of a log that no release needs; workers remove them once an hour."""


def neglected(scene: Scene) -> Iterator[Problem]:
    yield from steadily(scene, _neglected)


def _neglected(scene: Scene, product: Product) -> Iterator[Problem]:
    for table in tables_of(scene, product):
        small = sum(len(group) for group in compact.worth([*table.files(scene).values()]))
        if small >= _MANY_FILES:
            yield Problem(
                subject=str(table.folder),
                product=product.full_name,
                message=f"{small} of its files are small. The next release of {table.name} merges them.",
            )
        unread = scene.storage.unread(table.folder)
        if unread >= _LONG_LOG:
            yield Problem(
                subject=f"{table.folder}/_delta_log",
                product=product.full_name,
                message=f"Who opens it reads {unread} commits, because no checkpoint could be written.",
                repairable=True,
            )
        spare = _spare(scene, product, table)
        if spare >= _MANY_SPARE:
            yield Problem(
                subject=f"{table.folder}/_delta_log",
                product=product.full_name,
                message=f"{spare} of its entries are of removed releases only. A worker or `mesh tidy` removes them.",
            )


def _spare(scene: Scene, product: Product, table: Table) -> int:
    if all(release.removed is None for release in table.releases):
        return 0
    before = scene.registry.now() - timedelta(seconds=scene.grace_s)
    pinned = scene.registry.past_releases.pins(()).get(product.id, ())
    needed = scene.registry.past_releases.oldest_needed(product.id, before, pinned)
    version, _ = needed.get((table.port_id, table.major), (0, 0))
    return scene.storage.spare(table.folder, version)


def checkpoint(scene: Scene, problem: Problem) -> str:
    table = Path(problem.subject).parent
    scene.storage.tidy(table)
    return "" if scene.storage.unread(table) >= _LONG_LOG else "A checkpoint was written."
