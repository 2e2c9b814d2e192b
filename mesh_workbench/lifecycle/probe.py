"""probe: try now and then to reach what products offer, so that availability is measured and not believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.promised_levels import levels_of
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import Release

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

PROBE_EVERY_S = 300.0
KEPT_DAYS = 31.0
"""A day more than service levels look back."""


class Prober:
    """Probes the products whose contracts promise availability.

    Workers may do it as often as they like and side by side: one answer a product and interval counts.
    """

    def __init__(self, registry: Registry, storage: Storage) -> None:
        self._registry, self._storage = registry, storage
        self._promising: dict[str, bool] = {}
        """Digest of a contract to whether it promises availability; contracts never change."""

    def probe(self) -> int:
        """Try every such product that has a release; how many answers were new."""
        answers = 0
        for product, release in self._released():
            if self._promises(product):
                reason = self._fault(release)
                answers += self._registry.probes.add(
                    product.id, reached=not reason, reason=reason, every_s=PROBE_EVERY_S
                )
        self._registry.probes.forget(days=KEPT_DAYS)
        return answers

    def _released(self) -> Iterator[tuple[Product, Release]]:
        cursor = None
        while True:
            page = self._registry.products.list(cursor=cursor, limit=500)
            releases = self._registry.releases.latest_many([product.id for product in page.items])
            yield from ((product, releases[product.id]) for product in page.items if product.id in releases)
            cursor = page.next
            if cursor is None:
                return

    def _promises(self, product: Product) -> bool:
        version = self._registry.versions.newest(product.id)
        digests = self._registry.versions.contract_blobs(version.id).values() if version else ()
        return any(self._promised_in(digest) for digest in digests)

    def _promised_in(self, digest: str) -> bool:
        if digest not in self._promising:
            document = parse(self._registry.blobs.get(digest).decode())
            levels = levels_of(document, None)
            self._promising[digest] = any(level.spec.kind == "sla.availability" for level in levels)
        return self._promising[digest]

    def _fault(self, release: Release) -> str:
        """Why a reader would not get this release; empty when it would: each file is there as it was published, and
        the newest one of each port opens."""
        from pyarrow import ArrowException, parquet

        for port in release.ports:
            table = self._storage.table_folder(port.port_id, port.major)
            files = self._registry.releases.files(port.port_id, port.major, release.number)
            try:
                for file in files:
                    if (table / file.path).stat().st_size != file.size:
                        return f"A file of {port.port} has another size than when it was published."
                if files and parquet.read_metadata(table / files[-1].path).num_rows != files[-1].rows:
                    return f"A file of {port.port} has another number of rows than when it was published."
            except (OSError, ArrowException) as error:
                return f"A file of {port.port} cannot be read: {type(error).__name__}."
        return ""
