"""recover: what a publisher left unfinished is undone before its point of no return, finished after it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import Conflict, MeshError
from mesh_workbench.lifecycle.commit import commit_ports, is_committed, record, tidy
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.model.publication import Publication, PublicationState
from mesh_workbench.model.release import Release

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

_log = logging.getLogger(__name__)


def recover(
    registry: Registry,
    storage: Storage,
    product_id: str | None = None,
    *,
    holder: str = "recovery",
    lease_s: float = 60.0,
) -> list[str]:
    """Resolves unfinished publications, of one product or of all, whose publisher's lease is over.

    Returns the ids of the publications that were resolved. A product whose publisher is alive is left alone; one
    whose storage or registry does not answer is told in the log and tried again next time.
    """
    resolved = []
    for product in [product_id] if product_id else registry.publications.unfinished_products():
        try:
            with PublisherLock(registry, product, holder=holder, lease_s=lease_s) as lock:
                publication = registry.publications.unfinished(product)
                if publication is not None:
                    resolve(registry, storage, publication, fence=lock.fence, lease_s=lease_s)
                    resolved.append(publication.id)
        except Conflict as conflict:
            _log.debug("Not recovered now: %s", conflict)
        except MeshError as fault:
            _log.warning("The publication of %s could not be resolved yet: %s", product, fault)
    return resolved


def resolve(
    registry: Registry, storage: Storage, publication: Publication, *, fence: int, lease_s: float
) -> Release | None:
    """Finishes or undoes an unfinished publication under the lock `fence`; the release if it was finished.

    The first port's commit in the Delta log decides. Before undoing, a barrier is committed to that port's table:
    a publisher that was only asleep can not commit after it.
    """
    if not _closed(storage, publication, fence):
        versions = commit_ports(
            registry, storage, publication, fence=fence, strict=False, checkpoint=lambda step: _log.info("%s", step)
        )
        release = record(registry, publication, versions, fence=fence, lease_s=lease_s)
        tidy(storage, publication)
        return release
    discard(registry, storage, publication, fence=fence)
    return None


def _closed(storage: Storage, publication: Publication, fence: int) -> bool:
    """Whether the publication's first commit is not there and can not come any more."""
    first = publication.ports[0]
    table = storage.table_folder(first.port_id, first.major)
    while True:
        snapshot = storage.snapshot(table)
        if is_committed(first, snapshot):
            return False
        if snapshot and snapshot.fence is not None and snapshot.fence >= fence:
            return True
        try:
            version = (
                snapshot.version
                if snapshot
                else storage.shape(table, decode_schema(first.arrow_schema), expected_version=None, fence=fence)
            )
            storage.commit(table, expected_version=version, fence=fence, add=[], remove=[])
        except Conflict as conflict:
            if conflict.code != "storage.moved":
                raise  # else the sleeper woke up and was faster: look again


def discard(registry: Registry, storage: Storage, publication: Publication, *, fence: int) -> None:
    """Undoes a publication of which nothing is committed: the staged rows go back into the run's folder.

    The run is left to whoever works on it; when that worker is gone, its lease ends and the run is lost or retried.
    """
    take_back(storage, publication)
    registry.publications.set_state(publication.id, PublicationState.DISCARDED, fence)


def take_back(storage: Storage, publication: Publication) -> None:
    """Moves the staged files of a publication from the folders of the tables back into the run's folder."""
    for plan in publication.ports:
        storage.move_out(publication.run_id, storage.table_folder(plan.port_id, plan.major), plan.sources)
