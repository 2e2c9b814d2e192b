"""shorten: entries of a table's log go that no release needs which can be read.

Who opens the bare Delta table lists the folder of its log. What is left is the log from the last checkpoint on that is
not newer than the oldest version which somebody needs. A log ends at its beginning only, without gaps: a release that
is pinned keeps the entries of all that came after it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage


def shorten(
    registry: Registry,
    storage: Storage,
    product_id: str,
    before: datetime,
    pinned: Collection[int],
    *,
    at_least: int,
    dry_run: bool,
) -> tuple[int, list[str]]:
    """How many entries of the logs of a product went, and of which tables they could not, and why.

    Needed are the versions of releases that can be read, were removed after `before`, or are `pinned`. A table of which
    fewer than `at_least` entries would go is left as it is.
    """
    gone, stuck = 0, []
    for (port_id, major), (version, number) in registry.past_releases.oldest_needed(product_id, before, pinned).items():
        table = storage.table_folder(port_id, major)
        try:
            entries = storage.spare(table, version)
            if entries < at_least:
                continue
            if not dry_run:
                files = {file.path for file in registry.releases.files(port_id, major, number)}
                storage.shorten(table, version, files)
            gone += entries
        except MeshError as fault:
            stuck.append(f"log entries of {table}: {fault.message}")
    return gone, stuck
