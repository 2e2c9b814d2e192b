"""vacuum: releases that nobody needs any more end, and their files go.

In two steps, so that nobody who reads is hurt: first a release is marked as removed, and from then on nobody gets to it
who was not reading already; hours later the files are deleted that no release needs that can be read, and what the logs
of the tables say of them. Killed at any moment, the next time goes on.

Never removed are the newest releases, those that runs read which go on or may be repeated, those of which the newest
release of another product was made, and those of a version that a promoted notebook names in full. While a publication
is unfinished its product is left alone: recovery may need what it began from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, MeshError
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.lifecycle.shorten import shorten
from mesh_workbench.lifecycle.tidy import newest_failed
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product
from mesh_workbench.model.retention import RemovedRelease
from mesh_workbench.registry.past_releases import Pins, Standing, Unneeded

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.settings import Settings
    from mesh_workbench.storage.base import Storage

_AT_ONCE = 500
"""Releases in one transaction, files in one go."""
_LEASE_S = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keep:
    """Which releases stay readable: for `days` after the next one (0 is for ever), of some domains and products as
    `days_of` says, the `newest` in any case; and how long files stay after that."""

    days: float = 0.0
    days_of: dict[str, float] = field(default_factory=dict)
    newest: int = 10
    grace_h: float = 24.0
    failed_runs: int = 0
    """Newest failed runs of each product, which keep everything: what they read too."""
    log_entries: int = 100
    """Entries of a table's log that are worth removing."""

    def of(self, product: Product) -> float:
        return self.days_of.get(product.full_name, self.days_of.get(product.domain, self.days))


def keep_of(settings: Settings) -> Keep:
    """What the settings of a workbench say."""
    return Keep(
        days=settings.release_days,
        days_of=settings.release_days_of,
        newest=settings.releases_kept,
        grace_h=settings.release_grace_h,
        failed_runs=settings.failed_runs_kept,
    )


@dataclass
class Vacuumed:
    """What was removed, or would be."""

    releases: list[RemovedRelease] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    log_entries: int = 0
    stuck: list[str] = field(default_factory=list)


def vacuum(
    registry: Registry,
    storage: Storage,
    keep: Keep,
    *,
    by: str,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Vacuumed:
    """Marks what is past its time, and deletes what was marked long enough ago; as done `by` somebody, in the audit
    trail too. With `dry_run` nothing is changed. `stop` is asked between two steps."""
    found = Vacuumed()
    grace = timedelta(hours=keep.grace_h)
    limited = keep.days or any(keep.days_of.values())
    if not limited and not registry.past_releases.with_removed():
        return found  # what is pinned takes a while to find out
    pins = _pins(registry, keep)
    if limited:
        for name in registry.products.names():
            product = registry.products.get(*name.split("."))
            if product is not None and not stop():
                found.releases += _remove(registry, product, keep, pins, by, dry_run=dry_run, stuck=found.stuck)
    for product_id, files in registry.past_releases.unneeded(registry.now() - grace, pins).items():
        for start in range(0, len(files), _AT_ONCE):
            if not stop():
                _delete(registry, storage, product_id, files[start : start + _AT_ONCE], by, found, dry_run=dry_run)
    for product_id in registry.past_releases.with_removed():
        if not stop():
            _shorten(registry, storage, product_id, keep, pins, by, found, dry_run=dry_run)
    return found


def _pins(registry: Registry, keep: Keep) -> Pins:
    with registry.snapshot():
        failed = newest_failed(registry.removals.past_runs(), keep.failed_runs) if keep.failed_runs else ()
        pins = registry.past_releases.pins(failed)
        exact = registry.past_releases.exact_versions()
        _, products, _ = registry.resolution.products([name for name, _ in exact])
        for name, version in exact:
            if name in products:
                product_id = products[name].id
                of_it = [one.number for one in registry.past_releases.standing(product_id) if one.version == version]
                pins.setdefault(product_id, set()).update(of_it[-1:])
    return pins


def _remove(
    registry: Registry, product: Product, keep: Keep, pins: Pins, by: str, *, dry_run: bool, stuck: list[str]
) -> list[RemovedRelease]:
    days = keep.of(product)
    if not days:
        return []
    due = [*_due(product, registry.past_releases.standing(product.id), days, keep.newest, pins, registry.now())]
    if not due or dry_run:
        return due
    try:
        with PublisherLock(registry, product.id, holder=f"vacuum by {by}", lease_s=_LEASE_S) as lock:
            if registry.publications.unfinished(product.id) is not None:
                return []
            return [
                one
                for start in range(0, len(due), _AT_ONCE)
                for one in _mark(registry, product, lock, due[start : start + _AT_ONCE], by)
            ]
    except Conflict as conflict:  # somebody publishes: next time
        _log.debug("No release of %s is removed now: %s", product.full_name, conflict)
    except MeshError as fault:
        stuck.append(f"releases of {product.full_name}: {fault.message}")
    return []


def _due(
    product: Product, standing: Sequence[Standing], days: float, newest: int, pins: Pins, now: datetime
) -> Iterator[RemovedRelease]:
    """Releases that are past their time: it begins when the next one of the same major version comes."""
    oldest = now - timedelta(days=days)
    current = max((one.number for one in standing if not one.beside), default=0)
    for major in {one.major for one in standing}:
        of_it = [one for one in standing if one.major == major]
        for one, after in [*pairwise(of_it)][: max(0, len(of_it) - newest)]:
            pinned = one.number == current or one.number in pins.get(product.id, ())
            if after.published < oldest and not pinned:
                yield RemovedRelease(
                    product=product.full_name,
                    release=one.number,
                    published=one.published,
                    at=now,
                    reason=f"more than {days:g} days after the next one",
                )


def _mark(
    registry: Registry, product: Product, lock: PublisherLock, due: Sequence[RemovedRelease], by: str
) -> list[RemovedRelease]:
    with registry.transaction():
        if not lock.renew():
            return []
        done = registry.past_releases.remove(product.id, due)
        if done:
            detail = {"removed": {"releases": len(done)}, "first": done[0].release, "last": done[-1].release}
            registry.audit.add(_audited(registry, product.full_name, by, {**detail, "reason": done[0].reason}))
    return done


def _delete(
    registry: Registry,
    storage: Storage,
    product_id: str,
    files: Sequence[Unneeded],
    by: str,
    found: Vacuumed,
    *,
    dry_run: bool,
) -> None:
    """Deletes, then forgets: killed in between, it is done again."""
    alone = [file for file in files if file.alone]
    size = sum(file.size for file in alone)
    product = registry.products.by_id(product_id)
    name = product.full_name if product else product_id
    if not dry_run:
        try:
            for table in {(file.port_id, file.major) for file in alone}:
                paths = [file.path for file in alone if (file.port_id, file.major) == table]
                storage.remove(storage.table_folder(*table), paths)
        except MeshError as fault:
            found.stuck.append(f"files of removed releases of {name}: {fault.message}")
            return
        with registry.transaction():
            registry.past_releases.forget(files)
            registry.audit.add(_audited(registry, name, by, {"removed": {"files": len(alone)}, "bytes": size}))
    found.files += len(alone)
    found.bytes += size


def _shorten(
    registry: Registry,
    storage: Storage,
    product_id: str,
    keep: Keep,
    pins: Pins,
    by: str,
    found: Vacuumed,
    *,
    dry_run: bool,
) -> None:
    before, pinned = registry.now() - timedelta(hours=keep.grace_h), pins.get(product_id, ())
    gone, stuck = shorten(
        registry, storage, product_id, before, pinned, at_least=keep.log_entries, dry_run=dry_run
    )  # fmt: skip
    found.log_entries += gone
    found.stuck += stuck
    product = registry.products.by_id(product_id)
    if gone and not dry_run:
        name = product.full_name if product else product_id
        registry.audit.add(_audited(registry, name, by, {"removed": {"log_entries": gone}}))


def _audited(registry: Registry, target: str, by: str, detail: dict[str, object]) -> AuditRecord:
    return AuditRecord(
        id=new_id("aud"), at=registry.now(), actor=by, action="house.vacuum", target=target, detail=detail
    )
