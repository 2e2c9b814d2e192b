"""Care: tables that have become slow to open, although publishing looks after that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mesh_workbench.lifecycle.examine.check import Scene, steadily
from mesh_workbench.lifecycle.examine.tables import tables_of
from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product
from mesh_workbench.storage import compact

_MANY_FILES = 10 * compact.AT_LEAST
_LONG_LOG = 100
"""Commits without a checkpoint; one is written every 20."""


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


def checkpoint(scene: Scene, problem: Problem) -> str:
    table = Path(problem.subject).parent
    scene.storage.tidy(table)
    return "" if scene.storage.unread(table) >= _LONG_LOG else "A checkpoint was written."
