"""rollback: an earlier release becomes what consumers read, as a new release; its version is the one that runs.

No pointer moves back: the tables get one more commit, which adds and removes files as Delta's `restore` would, and the
registry one more release. It goes the way of publishing (the same lock, fencing number, plan written down beforehand
and recovery), so who dies half way leaves something that is finished or undone like any publication.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.lifecycle.commit import Checkpoint
from mesh_workbench.lifecycle.publish import carry_out
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.lifecycle.recover import resolve
from mesh_workbench.lifecycle.removed import release_removed
from mesh_workbench.lifecycle.rolled_back import rolled_back
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product
from mesh_workbench.model.publication import PortPlan, Publication
from mesh_workbench.model.release import Release, ReleasePort
from mesh_workbench.model.rollback import RollbackPlan, RollbackPort
from mesh_workbench.model.subscription import Audience
from mesh_workbench.model.transitions import TRANSITIONS
from mesh_workbench.registry.resolution import ReleaseWanted

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

_log = logging.getLogger(__name__)


def _nothing(step: str) -> None:
    """The checkpoint of everyday."""


@dataclass(frozen=True)
class Target:
    """Where to: the release to bring back (None: the data stay) and the version that runs then."""

    release: Release | None
    version: str


def plan(registry: Registry, product: Product, *, release: int | None, version: str | None) -> RollbackPlan:
    """What rolling back would do; stores nothing. Raises as `target_of`."""
    with registry.snapshot():
        target = target_of(registry, product, release=release, version=version)
        newest = registry.releases.latest(product.id)
    before = {port.port: port.rows for port in newest.ports} if newest else {}
    back = target.release
    after = {port.port: port.rows for port in back.ports} if back else before
    return RollbackPlan(
        product=product.full_name,
        version_before=product.version or "",
        version_after=target.version,
        release_before=newest.number if newest else None,
        restores=back.number if back else None,
        published=back.published if back else None,
        release=registry.releases.newest_number(product.id) + 1 if back and newest else None,
        ports=[
            RollbackPort(port=name, rows_before=before.get(name), rows_after=after.get(name))
            for name in dict.fromkeys([*before, *after])
        ]
        if back
        else [],
        steps=_steps(registry, product, target, newest),
    )


def target_of(registry: Registry, product: Product, *, release: int | None, version: str | None) -> Target:
    """The state that is meant, by the number of a release or by a version.

    Raises NotFound `release.unknown`, `release.removed`, `version.unknown`; Conflict `rollback.current` when it is
    so already.
    """
    newest = registry.releases.latest(product.id)
    if release is not None:
        found = registry.releases.get(product.id, release)
        if found is None:
            raise NotFound(
                "release.unknown",
                f"{product.full_name} has no release {release}.",
                hint=f"The newest is {newest.number}." if newest else "It has not been published yet.",
            )
        target = Target(found, found.version)
    else:
        if registry.versions.get(product.id, version or "") is None:
            raise NotFound(
                "version.unknown",
                f"{product.full_name} has no version {version}.",
                hint=f"It is at {product.version}." if product.version else "Promote a notebook first.",
            )
        [made] = registry.resolution.releases([ReleaseWanted(product_id=product.id, version=version)])
        target = Target(made, version or "")
    if target.release is not None and newest is not None and _same_state(target.release, newest):
        target = Target(None, target.version)
    if target.release is not None and target.release.removed is not None:
        raise release_removed(registry, target.release)
    if target.release is None and target.version == product.version:
        raise Conflict(
            "rollback.current",
            f"{product.full_name} is at {f'release {release}' if release is not None else f'version {version}'} now.",
            hint="Name an earlier one.",
        )
    return target


def rollback(
    registry: Registry,
    storage: Storage,
    product: Product,
    *,
    release: int | None,
    version: str | None,
    reason: str,
    by: str,
    holder: str,
    lease_s: float,
    wait_s: float = 60.0,
    audience: Audience | None = None,
    checkpoint: Checkpoint = _nothing,
) -> Release | None:
    """Bring back a release, or the newest one of a version; the new release, None when only the version changed.

    In the same transaction the schedule acts on behalf of `by` and `audience` is told, also when recovery ends it.
    Raises as `target_of`; Conflict `rollback.files-gone`, `publish.busy`, `publish.fenced-off`; Unavailable
    `storage.*`: nothing changed. Unavailable `publish.unfinished`: recovery finishes it.
    """
    with PublisherLock(registry, product.id, holder=holder, lease_s=lease_s, wait_s=wait_s) as lock:
        checkpoint("locked")
        unfinished = registry.publications.unfinished(product.id)
        if unfinished is not None:
            resolve(registry, storage, unfinished, fence=lock.fence, lease_s=lease_s)
        target = target_of(registry, product, release=release, version=version)
        if target.release is None:
            _only_the_version(registry, product, target.version, lock, audience, reason=reason, by=by)
            return None
        publication = _publication(
            registry, storage, product, target.release, lock.fence, audience, reason=reason, by=by
        )
        registry.publications.prepare(publication)
        return carry_out(registry, storage, publication, lease_s, checkpoint)


def _same_state(one: Release, other: Release) -> bool:
    """Whether two releases hold the same data, because one of them is the other or brought it back."""
    return one.number == other.number or (other.restores is not None and other.restores in (one.number, one.restores))


def _only_the_version(
    registry: Registry,
    product: Product,
    version: str,
    lock: PublisherLock,
    audience: Audience | None,
    *,
    reason: str,
    by: str,
) -> None:
    with registry.transaction():
        if not lock.renew():
            raise Conflict(
                "publish.fenced-off",
                f"Another publisher of {product.full_name} took over meanwhile.",
                hint="Look at the product, then roll back again.",
            )
        registry.products.change(product.id, version=version)
        registry.audit.add(
            AuditRecord(
                id=new_id("aud"),
                at=registry.now(),
                actor=by,
                action=TRANSITIONS["rollback"].audit,
                target=product.full_name,
                detail={"version": version, "before": product.version, "reason": reason},
            )
        )
        rolled_back(registry, product.id, None, audience, by=by, reason=reason)


def _publication(
    registry: Registry,
    storage: Storage,
    product: Product,
    back: Release,
    fence: int,
    audience: Audience | None,
    *,
    reason: str,
    by: str,
) -> Publication:
    newest = registry.releases.latest(product.id)
    base = registry.releases.latest(product.id, back.major)
    assert newest is not None  # `back` is one itself
    assert base is not None
    ports = {port.port_id: port for port in (*base.ports, *back.ports)}
    wanted = {port.port_id for port in back.ports}
    plans = [_plan(registry, storage, port, base, back if port.port_id in wanted else None) for port in ports.values()]
    return Publication(
        id=new_id("pub"),
        product_id=product.id,
        product=product.full_name,
        run_id=back.run_id,
        version=back.version,
        major=back.major,
        fence=fence,
        release=registry.releases.newest_number(product.id) + 1,
        base_release=base.number,
        # the first commit decides: one that adds files says whether it happened
        ports=sorted(plans, key=lambda plan: not plan.add),
        report_id=back.report_id,
        verdict=back.verdict,
        checked=back.checked,
        warned=back.warned,
        promises=back.promises,
        fresh_until=back.fresh_until,
        restores=back.number,
        reason=reason,
        acting_identity=by,
        audience=audience,
        prepared=registry.now(),
    )


def _plan(registry: Registry, storage: Storage, port: ReleasePort, base: Release, back: Release | None) -> PortPlan:
    """The commit of one port; without `back` the port came later and its files end."""
    then = registry.releases.files(port.port_id, port.major, back.number) if back else []
    now = {file.path for file in registry.releases.files(port.port_id, port.major, base.number)}
    kept = {file.path for file in then}
    table = storage.table_folder(port.port_id, port.major)
    gone = [file.path for file in then if not (table / file.path).is_file()]
    if gone and back:
        raise Conflict(
            "rollback.files-gone",
            f"{len(gone)} files of release {back.number} are no longer in the storage.",
            hint="Nothing was changed. Roll back to a later release, or run the version again.",
        )
    snapshot = storage.snapshot(table)
    return PortPlan(
        port=port.port,
        port_id=port.port_id,
        major=port.major,
        mode="replace",
        expected_version=snapshot.version if snapshot else None,
        add=[file for file in then if file.path not in now],
        remove=sorted(now - kept),
        rows=sum(file.rows for file in then),
        bytes=sum(file.size for file in then),
        files=len(then),
        arrow_schema=port.arrow_schema,
    )


def _steps(registry: Registry, product: Product, target: Target, newest: Release | None) -> list[str]:
    found = []
    back = target.release
    if back is not None and newest is not None:
        found.append(
            f"Release {registry.releases.newest_number(product.id) + 1} brings back the data of release {back.number}, "
            f"of {back.published:%Y-%m-%d %H:%M} UTC. Nothing is deleted: release {newest.number} stays readable by "
            "its number."
        )
    else:
        found.append("The data stay as they are until the product runs again.")
    current = registry.versions.newest(product.id)
    if current is not None and target.version != current.version:
        found.append(f"Version {target.version} runs from now on, also by schedule, instead of {current.version}.")
        found.append(f"Runs of {current.version} that are under way publish nothing.")
    consumers = registry.versions.consumers_of(product.full_name)
    if consumers:
        found.append(f"Told are those who read it, among them {', '.join(consumers[:5])}.")
    return found
