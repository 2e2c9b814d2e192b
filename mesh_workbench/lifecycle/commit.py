"""From a prepared publication to a release: the commits of the ports, and the one registry transaction at the end.

Everything here can be done again by somebody else who finds it half done: a port's commit is computed from the
difference between what its table holds and what it shall hold.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import Conflict, Unavailable
from mesh_workbench.lifecycle.lineage import record_lineage, trace_columns
from mesh_workbench.lifecycle.rolled_back import rolled_back
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.publication import PortPlan, Publication, PublicationState
from mesh_workbench.model.release import PortFile, Release, ReleasePort
from mesh_workbench.model.run import Progress, RunState
from mesh_workbench.model.transitions import TRANSITIONS, after
from mesh_workbench.model.version import SemanticVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage, TableSnapshot

Checkpoint = Callable[[str], None]
_log = logging.getLogger(__name__)


def is_committed(plan: PortPlan, snapshot: TableSnapshot | None) -> bool:
    """Whether the port's commit is in the Delta log. The names of added files belong to one publication only."""
    return snapshot is not None and all(file.path in snapshot.files for file in plan.add)


def commit_ports(
    registry: Registry,
    storage: Storage,
    publication: Publication,
    *,
    fence: int,
    strict: bool,
    checkpoint: Checkpoint,
) -> dict[str, int]:
    """Commits each port that is not committed yet; returns the Delta version of each by port id.

    `strict` is the publisher's own way: each table must be as it was when the publication was prepared. Without it,
    who rolls forward takes the table as it is and goes on until it holds what it shall.
    Raises Conflict `storage.moved`, `storage.fenced`; Unavailable `storage.*`.
    """
    versions = {}
    for plan in publication.ports:
        while True:
            try:
                versions[plan.port_id] = _commit_port(registry, storage, publication, plan, fence, strict, checkpoint)
                break
            except Conflict as conflict:
                # an overtaken publisher may still get one commit in, but no second one: look again
                if strict or conflict.code != "storage.moved":
                    raise
        checkpoint(f"committed {plan.port}")
    return versions


def _commit_port(
    registry: Registry,
    storage: Storage,
    publication: Publication,
    plan: PortPlan,
    fence: int,
    strict: bool,
    checkpoint: Checkpoint,
) -> int:
    table = storage.table_folder(plan.port_id, plan.major)
    snapshot = storage.snapshot(table)
    version = snapshot.version if snapshot else None
    if strict:
        version = plan.expected_version
    target = _target(registry, publication, plan)
    present = snapshot.files if snapshot else {}
    if snapshot and not strict and set(present) == set(target):
        return snapshot.version
    version = storage.shape(table, decode_schema(plan.arrow_schema), expected_version=version, fence=fence)
    checkpoint(f"shaped {plan.port}")
    return storage.commit(
        table,
        expected_version=version,
        fence=fence,
        add=[file for path, file in target.items() if path not in present],
        remove=[path for path in present if path not in target],
        rearranged=plan.rearranged,
    )


def _target(registry: Registry, publication: Publication, plan: PortPlan) -> dict[str, PortFile]:
    base = publication.base_release
    before = registry.releases.files(plan.port_id, plan.major, base) if base is not None else []
    removed = set(plan.remove)
    return {file.path: file for file in (*before, *plan.add) if file.path not in removed}


def record(
    registry: Registry, publication: Publication, versions: dict[str, int], *, fence: int, lease_s: float
) -> Release:
    """The one registry transaction that makes a release of a publication whose ports are all committed.

    Raises Conflict `publish.fenced-off` when the lock has passed to somebody else; then nothing was written.
    """
    columns = trace_columns(registry, publication)
    with registry.transaction():
        # an update, not a look: it makes whoever wants the lock at this moment wait for our end
        if not registry.publications.renew(publication.product_id, fence, lease_s):
            raise fenced_off(publication)
        release = _release(registry, publication, versions)
        registry.publications.set_state(publication.id, PublicationState.RELEASED, fence)
        registry.releases.add(
            release,
            {plan.port_id: plan.add for plan in publication.ports},
            {plan.port_id: plan.remove for plan in publication.ports},
        )
        record_lineage(registry, release, columns)
        for plan in publication.ports:
            # before, each row was in a file of the run that made it
            registry.lineage.carry_over(release, plan.port_id, plan.rearranged)
        if not release.beside:
            _become_current(registry, publication, release)
        _end_run(registry, publication, release)
        registry.audit.add(_audited(release))
        if release.restores is not None:
            rolled_back(
                registry,
                release.product_id,
                release,
                publication.audience,
                by=release.published_by,
                reason=release.reason,
            )
    return release


def _audited(release: Release) -> AuditRecord:
    detail: dict[str, JsonValue] = {"release": release.number, "run": release.run_id, "verdict": release.verdict.value}
    if release.restores is not None:
        detail |= {"restores": release.restores, "version": release.version, "reason": release.reason}
    return AuditRecord(
        id=new_id("aud"),
        at=release.published,
        actor=release.published_by,
        action="release.publish" if release.restores is None else TRANSITIONS["rollback"].audit,
        target=release.product,
        detail=detail,
    )


def _become_current(registry: Registry, publication: Publication, release: Release) -> None:
    product = registry.products.by_id(publication.product_id)
    became: dict[str, object] = {**after(product, "release")} if product is not None else {}
    if publication.restores is not None:
        became["version"] = publication.version
    registry.products.change(publication.product_id, release=release.number, **became)
    registry.products.set_fresh_until(publication.product_id, release.fresh_until)


def _is_beside(registry: Registry, publication: Publication) -> bool:
    """Whether the product has moved on to another major version, which has published something already."""
    product = registry.products.by_id(publication.product_id)
    if product is None or product.version is None or publication.restores is not None:
        return False
    major = SemanticVersion.parse(product.version).major
    return publication.major != major and registry.releases.latest(product.id, major) is not None


def _end_run(registry: Registry, publication: Publication, release: Release) -> None:
    """The run has its release now, whoever works on it; one that somebody declared over stays so."""
    run = registry.runs.get(publication.run_id)
    if run is not None and not run.state.final:
        registry.runs.resolve(
            run.id,
            state=RunState.SUCCEEDED,
            release=release.number,
            report_id=publication.report_id,
            progress=Progress(step="done", message=f"Release {release.number}"),
        )


def fenced_off(publication: Publication) -> Conflict:
    return Conflict(
        "publish.fenced-off",
        f"The right to publish {publication.product} passed to another publisher.",
        hint="It finishes or undoes what was begun here; look at the run again.",
    )


def tidy(storage: Storage, publication: Publication) -> None:
    """Keeps the tables fast to open. The release is made by now, so a fault here is told and nothing more."""
    for plan in publication.ports:
        try:
            storage.tidy(storage.table_folder(plan.port_id, plan.major))
        except Unavailable as fault:
            _log.warning("A checkpoint of %s could not be written: %s", plan.port, fault)


def _release(registry: Registry, publication: Publication, versions: dict[str, int]) -> Release:
    base = (
        registry.releases.get(publication.product_id, publication.base_release)
        if publication.base_release is not None
        else None
    )
    restored = (
        registry.releases.get(publication.product_id, publication.restores)
        if publication.restores is not None
        else None
    )
    shown = {port.port_id for port in (restored.ports if restored else [])}
    ports = {port.port_id: port for port in (base.ports if base and not restored else [])}
    for plan in publication.ports:
        if restored and plan.port_id not in shown:
            continue  # a port that came later than what is brought back
        ports[plan.port_id] = ReleasePort(
            port=plan.port,
            port_id=plan.port_id,
            major=plan.major,
            delta_version=versions[plan.port_id],
            rows=plan.rows,
            bytes=plan.bytes,
            files=plan.files,
            arrow_schema=plan.arrow_schema,
        )
    order = {port.id: port.position for port in registry.products.ports(publication.product_id)}
    return Release(
        id=new_id("rel"),
        product_id=publication.product_id,
        product=publication.product,
        number=publication.release,
        version=publication.version,
        major=publication.major,
        beside=_is_beside(registry, publication),
        verdict=publication.verdict,
        checked=publication.checked,
        warned=publication.warned,
        promises=publication.promises,
        ports=sorted(ports.values(), key=lambda port: order.get(port.port_id, len(order))),
        run_id=publication.run_id,
        report_id=publication.report_id,
        restores=publication.restores,
        reason=publication.reason,
        slot=publication.slot,
        fresh_until=publication.fresh_until,
        published=registry.now(),
        published_by=publication.acting_identity,
    )
