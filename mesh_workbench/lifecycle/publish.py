"""publish: what a run staged becomes a release, exactly once.

1. take the lock of the product's publisher, with its fencing number        `waiting`, `locked`
2. resolve what an earlier publisher left unfinished                        `resolved`
3. check the candidate state                                                `checked`
4. write down the whole plan                                                `prepared`
5. move the staged files into the folders of the tables                     `moved <port>`
6. commit each port's table; the first commit is the point of no return     `shaped <port>`, `committed <port>`
7. record the release in one registry transaction                           `released`
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mesh_workbench.contracts.columns import sorting_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.errors import Breached, Conflict, InvalidInput, MeshError, Unavailable
from mesh_workbench.lifecycle.candidate import PortCandidate, build_candidates
from mesh_workbench.lifecycle.commit import Checkpoint, commit_ports, is_committed, record, tidy
from mesh_workbench.lifecycle.publisher_lock import PublisherLock
from mesh_workbench.lifecycle.recover import discard, resolve, take_back
from mesh_workbench.model.base import new_id
from mesh_workbench.model.check import CheckReport, Outcome, Verdict
from mesh_workbench.model.product import Product
from mesh_workbench.model.publication import PortPlan, Publication, PublicationState
from mesh_workbench.model.release import Release
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.runfolder import StagedOutput
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

Check = Callable[[Mapping[str, PortCandidate], int | None], CheckReport]
"""Checks candidates by port on a base release and stores the report; may be asked again when the base has changed."""

_log = logging.getLogger(__name__)
_TRIES = 5


def _nothing(step: str) -> None:
    """The checkpoint of everyday."""


def publish(
    registry: Registry,
    storage: Storage,
    *,
    product: Product,
    version: ProductVersion,
    run: Run,
    staged: Sequence[StagedOutput],
    check: Check,
    holder: str,
    lease_s: float,
    wait_s: float = 600.0,
    checkpoint: Checkpoint = _nothing,
) -> Release:
    """Publishes what `run` staged and ends the run; a run that has its release already just gets it again.

    `holder` names the publisher in messages, `lease_s` is how long its lock outlives it, `wait_s` how long to wait for
    another publisher of the product. `checkpoint` is told each step when it is done; it may raise a Conflict to give up
    before the first commit.

    Raises Breached `contract.breached` (report id in the details): nothing is published, the staged rows stay.
    Conflict `publish.busy`, `publish.slot-released`, `publish.run-over`, `publish.rolled-back`, `publish.fenced-off`,
    `storage.*`; Unavailable
    `storage.*`: nothing is published. Unavailable `publish.unfinished`: past the point of no return; `recover`
    finishes it, so the run must be left as it is.
    """
    for _ in range(_TRIES):
        done = registry.releases.by_run(run.id)
        if done is not None:
            return done
        with PublisherLock(
            registry,
            product.id,
            holder=holder,
            lease_s=lease_s,
            wait_s=wait_s,
            waiting=lambda: checkpoint("waiting"),
        ) as lock:
            checkpoint("locked")
            unfinished = registry.publications.unfinished(product.id)
            if unfinished is not None:
                try:
                    resolve(registry, storage, unfinished, fence=lock.fence, lease_s=lease_s)
                except Conflict as conflict:
                    _log.info("Overtaken while finishing what another publisher began: %s", conflict)
                    continue
            checkpoint("resolved")
            done = registry.releases.by_run(run.id)
            if done is not None:
                return done
            publication = _prepare(registry, storage, lock, product, version, run, staged, check, checkpoint)
            if publication is not None:
                return carry_out(registry, storage, publication, lease_s, checkpoint)
        # the lock was lost meanwhile: another release may be the base now, so everything is looked at again
    raise Conflict(
        "publish.busy",
        f"Other publishers of {product.full_name} came first {_TRIES} times.",
        hint="Retry the run when fewer of them are at work.",
    )


def _prepare(
    registry: Registry,
    storage: Storage,
    lock: PublisherLock,
    product: Product,
    version: ProductVersion,
    run: Run,
    staged: Sequence[StagedOutput],
    check: Check,
    checkpoint: Checkpoint,
) -> Publication | None:
    """Checks the candidate and writes the plan down; None when another publisher took over meanwhile."""
    publication_id = new_id("pub")
    base = registry.releases.latest(product.id, version.major)
    newest = registry.releases.latest(product.id)
    _refuse_if_rolled_back(registry, product, version, run, newest)
    candidates = build_candidates(
        registry,
        storage,
        product=product,
        major=version.major,
        run=run,
        staged=staged,
        base=base,
        unique=publication_id,
        order=lambda port: _order(registry, version, port),
    )
    report = check(candidates, base.number if base else None)
    checkpoint("checked")
    if report.verdict is Verdict.BREACHED:
        _forget_merged(storage, run, candidates.values())
        broken = report.count(Outcome.FAILED) + report.count(Outcome.ERROR)
        raise Breached(
            "contract.breached",
            f"{broken} of {len(report.results)} promises of {product.full_name} are broken; nothing was published.",
            hint="See the report; the staged rows are kept in the run's folder.",
            details={"report": report.id},
        )
    publication = Publication(
        id=publication_id,
        product_id=product.id,
        product=product.full_name,
        run_id=run.id,
        version=version.version,
        major=version.major,
        fence=lock.fence,
        release=registry.releases.newest_number(product.id) + 1,
        base_release=base.number if base else None,
        ports=[_plan(storage, candidate) for candidate in candidates.values()],
        slot=run.slot.key if run.slot else None,
        report_id=report.id,
        verdict=report.verdict,
        checked=len(report.results) - report.count(Outcome.NOT_EVALUATED),
        warned=report.count(Outcome.WARNED),
        promises=len(report.results),
        fresh_until=report.fresh_until,
        acting_identity=run.acting_identity,
        prepared=registry.now(),
    )
    if not publication.ports:
        raise InvalidInput(
            "publish.nothing-staged", "The run staged nothing.", hint="Call mesh.output in the notebook."
        )
    with registry.transaction():
        if not lock.renew():
            return None
        _refuse_if_over(registry, run)
        registry.publications.prepare(publication)
    return publication


def _forget_merged(storage: Storage, run: Run, candidates: Iterable[PortCandidate]) -> None:
    """Rows of earlier runs are no part of what this one is kept for."""
    folder = storage.run_folder(run.id)
    with storage.faults(folder):
        for candidate in candidates:
            for path in candidate.rearranged:
                if path in candidate.sources:
                    (folder / candidate.sources[path]).unlink(missing_ok=True)


def _order(registry: Registry, version: ProductVersion, port: str) -> list[str]:
    """The columns by which the contract of a port suggests to sort it."""
    blob = registry.versions.contract_blobs(version.id).get(port)
    return sorting_of(parse(registry.blobs.get(blob).decode()), port) if blob else []


def _plan(storage: Storage, candidate: PortCandidate) -> PortPlan:
    snapshot = storage.snapshot(candidate.table)
    return PortPlan(
        port=candidate.port.name,
        port_id=candidate.port.id,
        major=candidate.major,
        mode=candidate.mode,
        expected_version=snapshot.version if snapshot else None,
        add=candidate.added,
        sources=dict(candidate.sources),
        remove=candidate.removed,
        rearranged=candidate.rearranged,
        rows=candidate.rows,
        bytes=candidate.bytes,
        files=len(candidate.files),
        arrow_schema=encode_schema(candidate.arrow_schema),
    )


def _refuse_if_over(registry: Registry, run: Run) -> None:
    """A worker that was taken for dead may come back with rows of an attempt that nobody waits for any more."""
    now = registry.runs.get(run.id)
    waits = now is not None and now.state is RunState.QUEUED
    if now is None or waits or now.state.final or len(now.attempts) != len(run.attempts):
        raise Conflict(
            "publish.run-over",
            f"The run {run.id} was ended or taken over while its rows were checked.",
            hint="Look at the run; retry it if it has no release.",
        )


def _refuse_if_rolled_back(
    registry: Registry, product: Product, version: ProductVersion, run: Run, newest: Release | None
) -> None:
    """What was under way when somebody rolled back must not bring that back from which it was."""
    current = registry.versions.newest(product.id)
    undone = newest is not None and newest.restores is not None and newest.published > run.created
    if undone and current is not None and current.version != version.version:
        raise Conflict(
            "publish.rolled-back",
            f"{product.full_name} was rolled back to version {current.version} after this run of {version.version} "
            "was asked for.",
            hint="Nothing was published. Promote what is right, or ask for a run of that version anew.",
        )


def carry_out(
    registry: Registry, storage: Storage, publication: Publication, lease_s: float, checkpoint: Checkpoint = _nothing
) -> Release:
    """Makes the release of a prepared publication, under the lock that it was prepared under.

    Raises as `publish` does once the plan is written down.
    """
    try:
        checkpoint("prepared")
        for plan in publication.ports:
            storage.move_in(publication.run_id, storage.table_folder(plan.port_id, plan.major), plan.sources)
            checkpoint(f"moved {plan.port}")
        versions = commit_ports(
            registry, storage, publication, fence=publication.fence, strict=True, checkpoint=checkpoint
        )
        release = record(registry, publication, versions, fence=publication.fence, lease_s=lease_s)
    except MeshError as error:
        return _after_fault(registry, storage, publication, error)
    checkpoint("released")
    tidy(storage, publication)
    return release


def _after_fault(registry: Registry, storage: Storage, publication: Publication, error: MeshError) -> Release:
    """Nothing is half published after a fault: undone here before the first commit, left to `recover` after it."""
    try:
        now = registry.publications.get(publication.id)
        if now is not None and now.state is PublicationState.RELEASED:  # another publisher finished it for us
            release = registry.releases.get(publication.product_id, publication.release)
            if release is not None:
                return release
        first = publication.ports[0]
        if not is_committed(first, storage.snapshot(storage.table_folder(first.port_id, first.major))):
            if now is None or now.state is PublicationState.DISCARDED:
                take_back(storage, publication)
            else:
                discard(registry, storage, publication, fence=publication.fence)
            raise error
    except MeshError as fault:
        if fault is error:
            raise
        _log.warning("Left to recovery: %s could not be undone: %s", publication.id, fault)
        if isinstance(error, Conflict):
            raise error from fault
    raise Unavailable(
        "publish.unfinished",
        f"Publishing release {publication.release} of {publication.product} was interrupted: {error.message}",
        hint="It is finished or undone as soon as the storage and the registry answer; do not run it again before.",
        details={"publication": publication.id, "cause": error.code},
    ) from error
