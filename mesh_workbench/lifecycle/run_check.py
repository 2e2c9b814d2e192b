"""The check of a run: what its version promises, on what its ports would hold after publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.infer import infer
from mesh_workbench.lifecycle.candidate import PortCandidate
from mesh_workbench.lifecycle.check import check
from mesh_workbench.lifecycle.quarantine import kept_in
from mesh_workbench.lifecycle.surroundings import facts_of, foreign_of
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.run import Run
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.storage.base import Storage

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

ResolveInputs = Callable[[Run, list[str]], list[ResolvedPort]]
"""Resolves what a run reads, as the run's acting identity, and leaves the log of reads to who asks; raises when a name
is unknown, unpublished or forbidden."""


@dataclass(frozen=True)
class RunCheck:
    """Checks what one run staged. A report that was `given_up` meanwhile says nothing."""

    registry: Registry
    storage: Storage
    resolve_inputs: ResolveInputs
    run: Run
    version: ProductVersion
    quarantine_rows: int
    given_up: Callable[[], bool]

    def report_on(self, candidates: Mapping[str, PortCandidate], base: int | None) -> CheckReport:
        """The report over all ports on top of release `base`; the rows that broke a promise are kept with the run."""
        checked = {
            port: Candidate(
                object_name=port,
                files=tuple(str(file) for file in candidate.files),
                staged=tuple(str(file) for file in candidate.staged),
                arrow_schema=candidate.arrow_schema,
            )
            for port, candidate in candidates.items()
        }
        texts, blobs = self._contracts(checked)
        folder = self.storage.run_folder(self.run.id)
        with self.storage.faults(folder), kept_in(folder, self.quarantine_rows) as quarantine:
            return check(
                texts,
                self._with_foreign_data(texts, checked),
                blobs=blobs,
                product=self.run.product,
                run_id=self.run.id,
                base_release=base,
                facts=facts_of(self.registry, self.run.product_id, publishing=True),
                quarantine=quarantine,
                given_up=self.given_up,
            )

    def _with_foreign_data(self, texts: Mapping[str, str], candidates: Mapping[str, Candidate]) -> dict[str, Candidate]:
        """The candidates with what their foreign keys point to: ports beside them, or releases of other products."""
        own = {port: candidate.files for port, candidate in candidates.items()}
        return {
            port: replace(
                candidate,
                foreign=foreign_of(parse(texts[port]), port, own, lambda names: self.resolve_inputs(self.run, names)),
            )
            for port, candidate in candidates.items()
        }

    def _contracts(self, candidates: Mapping[str, Candidate]) -> tuple[dict[str, str], dict[str, str]]:
        """Contract texts and their digests by port; a port without a contract adopts one made from this first data."""
        version, run = self.version, self.run
        blobs = self.registry.versions.contract_blobs(version.id)
        for port, candidate in candidates.items():
            if port in blobs:
                continue
            keys = next((output.keys for output in version.outputs if output.name == port), [])
            domain, product = version.product.split(".")
            proposal = infer(port, candidate, domain=domain, product=product, keys=keys)
            with self.registry.transaction():
                offered = self.registry.blobs.put(proposal.text.encode())
                blobs[port] = self.registry.versions.adopt_contract(version.id, port, offered)
                self.registry.audit.add(
                    AuditRecord(
                        id=new_id("aud"),
                        at=self.registry.now(),
                        actor=run.acting_identity,
                        action="contract.adopt",
                        target=run.product,
                        detail={"run": run.id, "port": port, "version": version.version, "digest": blobs[port]},
                    )
                )
        return {port: self.registry.blobs.get(digest).decode() for port, digest in blobs.items()}, dict(blobs)
