"""The names of the whole mesh, kept at hand: a snapshot of the catalog that knows when it is old.

A keystroke waits for the registry only to ask whether something changed. When it did, the snapshot is made anew beside;
whoever asks waits for it a moment, which is enough for a small mesh, and else goes on with the old one.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError
from mesh_workbench.model.product import Health, PortDetail, Product

if TYPE_CHECKING:
    from mesh_workbench.contracts.promise import Promise
    from mesh_workbench.registry import Registry

ASK_AFTER_S = 1.0
"""So long a snapshot is used without asking whether something changed."""
OLD_AFTER_S = 20.0
"""After this it is made anew in any case: products become late without being changed."""
PATIENCE_S = 0.03
_PORTS = 2_000
"""Of so many products columns are kept at hand."""


@dataclass(frozen=True)
class KnownProduct:
    """A product with its ports, the default one first, and how it is."""

    product: Product
    ports: tuple[str, ...]
    health: Health


@dataclass(frozen=True)
class Snapshot:
    """All products that can still be read, by full name and by domain, and what is said of domains."""

    revision: tuple[int, int]
    products: dict[str, KnownProduct]
    by_domain: dict[str, list[KnownProduct]]
    said_of: dict[str, str]


class Names:
    """The snapshot of one open workbench, shared by all who complete in it. Only what everybody may find is in it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._making: threading.Thread | None = None
        self._snapshot: Snapshot | None = None
        self._made = self._asked = 0.0
        self._ports: OrderedDict[tuple[str, int], tuple[PortDetail, ...]] = OrderedDict()

    def current(self) -> Snapshot:
        """The names as they are, or were a moment ago. Raises Unavailable when there are none yet."""
        with self._lock:
            found = self._snapshot
            if found is None:
                return self._make()
            moment = time.monotonic()
            if moment - self._asked < ASK_AFTER_S and moment - self._made < OLD_AFTER_S:
                return found
            if self._making is None or not self._making.is_alive():
                self._making = threading.Thread(target=self._refresh, name="mesh-names", daemon=True)
                self._making.start()
            making = self._making
        making.join(PATIENCE_S)
        return self._snapshot or found

    def ports(self, known: KnownProduct) -> tuple[PortDetail, ...]:
        """The ports of a product with their columns."""
        key = (known.product.id, known.product.revision)
        with self._lock:
            if key in self._ports:
                self._ports.move_to_end(key)
                return self._ports[key]
        version, release = self._registry.versions.newest(key[0]), self._registry.releases.latest(key[0])
        from mesh_workbench.discovery.catalog import port_details  # contracts take long to import

        details = tuple(port_details(self._registry, known.product, version, release))
        with self._lock:
            self._ports[key] = details
            while len(self._ports) > _PORTS:
                self._ports.popitem(last=False)
        return details

    def promises(self, known: KnownProduct, port: str) -> tuple[Promise, ...]:
        """What the contract of a port promises."""
        version = self._registry.versions.newest(known.product.id)
        blob = self._registry.versions.contract_blobs(version.id).get(port) if version else None
        return _promises(self._registry.blobs.get(blob), port) if blob else ()

    def close(self) -> None:
        """Wait for what is being made; call it before the registry goes."""
        if self._making is not None:
            self._making.join()

    def _refresh(self) -> None:
        try:
            found = self._snapshot
            old = time.monotonic() - self._made > OLD_AFTER_S
            if found is None or old or self._registry.products.counted() != found.revision:
                self._make()
            self._asked = time.monotonic()
        except MeshError:  # the registry is away: the names that were are better than none
            self._asked = time.monotonic()

    def _make(self) -> Snapshot:
        began = time.monotonic()
        with self._registry.snapshot():
            self._snapshot = _taken(self._registry)
        self._made = self._asked = began
        return self._snapshot


def _taken(registry: Registry) -> Snapshot:
    revision = registry.products.counted()
    moment = registry.now()
    products = [product for product in registry.products.all() if not product.ended(moment)]
    ids = [product.id for product in products]
    from mesh_workbench.discovery.catalog import healths

    ports, health = registry.products.ports_of(ids), healths(registry, ids)
    known = {
        product.full_name: KnownProduct(
            product, tuple(port.name for port in ports.get(product.id, [])), health[product.id]
        )
        for product in products
    }
    by_domain: dict[str, list[KnownProduct]] = {}
    for one in known.values():
        by_domain.setdefault(one.product.domain, []).append(one)
    return Snapshot(revision, known, by_domain, _said_of(registry))


def _said_of(registry: Registry) -> dict[str, str]:
    page = registry.domains.list(limit=1_000)
    said = {domain.name: domain.title or domain.description for domain in page.items}
    while page.next is not None:
        page = registry.domains.list(cursor=page.next, limit=1_000)
        said |= {domain.name: domain.title or domain.description for domain in page.items}
    return said


@functools.lru_cache(maxsize=256)
def _promises(content: bytes, port: str) -> tuple[Promise, ...]:
    from mesh_workbench.contracts.document import parse
    from mesh_workbench.contracts.promises import plan_of

    return tuple(plan_of(parse(content.decode()), port))
