"""run: execute a product version in its folder, check what it staged, publish it.

The state of a run moves only through the registry and only while this worker still holds it. What the notebook does
wrong, what a contract refuses and what fails around us end in different failure classes, each with a hint. Whatever
happens, the last good release stays and the run folder is kept.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import Breached, Broken, Conflict, MeshError, RunFailed, Unavailable
from mesh_workbench.executors.base import Executor, Job
from mesh_workbench.executors.base import Limits as NotebookLimits
from mesh_workbench.lifecycle.candidate import PortCandidate
from mesh_workbench.lifecycle.check import summary
from mesh_workbench.lifecycle.commit import Checkpoint
from mesh_workbench.lifecycle.publish import publish
from mesh_workbench.lifecycle.quarantine import MOST_ROWS
from mesh_workbench.lifecycle.query import Log
from mesh_workbench.lifecycle.recover import recover
from mesh_workbench.lifecycle.run_check import ResolveInputs, RunCheck
from mesh_workbench.lifecycle.run_folder import document_of, staged_in, write_folder
from mesh_workbench.lifecycle.run_reads import inputs_with_slots, reads_in, records
from mesh_workbench.lifecycle.unchanged import fingerprint, repeated
from mesh_workbench.model.check import CheckReport, Outcome
from mesh_workbench.model.limits import GB, tighter
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Failure, InputRelease, Progress, Run, RunState
from mesh_workbench.model.runfolder import InputRead, StagedOutput
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.storage.base import Storage

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


@dataclass(frozen=True)
class Hold:
    """A worker's claim on one attempt of a run."""

    run: Run
    worker_id: str
    attempt: int


@dataclass(frozen=True)
class Limits:
    """What the notebook may use, how large its log may be, how long publishing may hold the product, and how many
    failing rows of a promise are kept."""

    notebook: NotebookLimits = field(default_factory=NotebookLimits)
    log_bytes: int = 20_000_000
    publish_lease_s: float = 60.0
    quarantine_rows: int = MOST_ROWS

    def of(self, version: ProductVersion) -> NotebookLimits:
        """What a notebook of `version` may use: of its own limits and ours the tighter ones."""
        ours, own = self.notebook, version.limits
        return replace(
            ours,
            run_s=tighter(ours.run_s, own.run_s),
            cell_s=tighter(ours.cell_s, own.cell_s),
            memory=int(tighter(ours.memory, own.memory_gb and own.memory_gb * GB)),
            cpus=int(tighter(ours.cpus, own.cpus)),
        )


RECOVERY_PAUSE_S = 1.0
_log = logging.getLogger(__name__)


_TRANSIENT = frozenset({"publish.busy", "publish.fenced-off", "storage.fenced", "storage.moved"})
"""Conflicts with other publishers, which another attempt does not meet again."""


class _Cancelled(Conflict):
    """Somebody asked for the end of the run. It goes through publishing as any conflict does, and ends in this file."""

    def __init__(self) -> None:
        super().__init__("run.cancelled", "The run was cancelled.", hint="Nothing of it is published.")


@dataclass(frozen=True)
class RunExecution:
    """One attempt of one run, from the claim to its final state. `execute` never raises what a run did wrong."""

    registry: Registry
    storage: Storage
    executor: Executor
    resolve_inputs: ResolveInputs
    log_reads: Log
    hold: Hold
    limits: Limits
    retry: RetryPolicy
    in_notebook_folder: bool = True
    """Whether the kernel may work in the folder of its notebook."""

    def execute(self) -> None:
        try:
            version = self._version()
            inputs = self._inputs(version)
            if self._unchanged(version, inputs):
                return
            folder = self._prepare(version, inputs)
            reads = self._run_notebook(version, inputs, folder)
            self._publish(version, self._staged(version, folder, inputs_with_slots(inputs, reads)))
        except _Cancelled:
            self._finish(RunState.CANCELLED)
        except Breached as breach:
            self._breached(breach)
        except RunFailed as failed:
            self._finish(RunState.FAILED, _failure_of(failed))
        except MeshError as error:
            if error.code == "publish.unfinished":
                self._see_publication_through(error)
            elif error.code == "contract.given-up":
                self._finish(RunState.CANCELLED)
            else:
                ours = error.status >= 500 or error.code in _TRANSIENT
                self._fail(error, "infrastructure" if ours else "environment")

    def _version(self) -> ProductVersion:
        version = self.registry.versions.by_id(self.hold.run.version_id)
        if version is None:
            raise Broken("run.no-version", f"Version {self.hold.run.version} is gone.", hint="Promote it again.")
        return version

    def _inputs(self, version: ProductVersion) -> dict[str, ResolvedPort]:
        """What the run reads, by name as declared. It is resolved once: what is decided here is what is read."""
        meant: dict[str, str] = {}
        for read in version.inputs:
            declared = f"{read.port}@{read.version}" if read.version else read.port
            meant[declared] = declared if read.version or read.relies_on is None else f"{read.port}@{read.relies_on}"
        found = self.resolve_inputs(self.hold.run, list(meant.values())) if meant else []
        return dict(zip(meant, found, strict=True))

    def _unchanged(self, version: ProductVersion, inputs: Mapping[str, ResolvedPort]) -> bool:
        """Record what the run reads; end it when it would only repeat the current release."""
        mark = fingerprint(version, self.hold.run, inputs)
        progress = Progress(step="start", message="Looking for what changed")
        self._advance(None, progress, inputs=inputs_with_slots(inputs, []), fingerprint=mark)
        release = repeated(self.registry, version, self.hold.run, mark, inputs)
        if release is not None:
            done = Progress(step="done", message=f"Nothing changed since release {release.number}")
            self._finish(RunState.UNCHANGED, release=release.number, progress=done)
        return release is not None

    def _prepare(self, version: ProductVersion, inputs: Mapping[str, ResolvedPort]) -> Path:
        notebook = self.registry.blobs.get(version.notebook_blob)
        known = document_of(
            self.hold.run, self.hold.attempt, version, inputs, in_notebook_folder=self.in_notebook_folder
        )
        files = {file.path: self.registry.blobs.get(file.digest) for file in version.files}
        folder = write_folder(self.storage, known, notebook, files)
        self._advance(RunState.RUNNING, Progress(step="start", message="Starting a kernel"))
        return folder

    def _run_notebook(
        self, version: ProductVersion, inputs: Mapping[str, ResolvedPort], folder: Path
    ) -> list[InputRead]:
        """Execute it, and log what it read of its inputs, however it ended."""
        job = Job(
            folder=folder,
            kernel=version.environment.kernelspec,
            identity=self.hold.run.acting_identity,
            limits=self.limits.of(version),
            log_bytes=self.limits.log_bytes,
        )
        result = self.executor.execute(job, self._tell, self._is_to_end)
        reads = reads_in(folder, self.hold.attempt)
        self.log_reads(records(self.hold.run, inputs.values(), reads))
        if result.drift:
            self._advance(None, Progress(step="run"), drift=result.drift)
        if result.cancelled:
            raise _Cancelled
        if result.failure is not None:
            raise RunFailed(
                result.failure.code,
                result.failure.message,
                hint=result.failure.hint,
                details={"failure": result.failure.model_dump(mode="json")},
            )
        return reads

    def _staged(self, version: ProductVersion, folder: Path, read: list[InputRelease]) -> list[StagedOutput]:
        self._stop_if_cancelled()
        staged = staged_in(folder, version, self.hold.attempt)
        self._advance(
            RunState.CHECKING,
            Progress(step="check", message="Checking every promise"),
            inputs=read,
            rows={line.output: line.rows for line in staged},
            bytes={line.output: line.bytes for line in staged},
        )
        return staged

    def _publish(self, version: ProductVersion, staged: list[StagedOutput]) -> None:
        run = self.hold.run
        product = self.registry.products.by_id(run.product_id)
        if product is None:
            raise Broken("run.no-product", f"{run.product} is gone.", hint="Create it again by promoting.")
        publish(
            self.registry,
            self.storage,
            product=product,
            version=version,
            run=run,
            staged=staged,
            check=lambda candidates, base: self._check(version, candidates, base),
            holder=f"{self.hold.worker_id}/{run.id}",
            lease_s=self.limits.publish_lease_s,
            checkpoint=self._checkpoints(),
        )

    def _check(self, version: ProductVersion, candidates: Mapping[str, PortCandidate], base: int | None) -> CheckReport:
        check = RunCheck(
            registry=self.registry,
            storage=self.storage,
            resolve_inputs=self._resolve_for_check,
            run=self.hold.run,
            version=version,
            quarantine_rows=self.limits.quarantine_rows,
            given_up=self._is_to_end,
        )
        report = check.report_on(candidates, base)
        self._stop_if_cancelled()
        self.registry.reports.add(report)
        counts = {outcome: number for outcome in Outcome if (number := report.count(outcome))}
        self._advance(None, Progress(step="check", message=summary(report)), report_id=report.id, checks=counts)
        return report

    def _resolve_for_check(self, run: Run, names: list[str]) -> list[ResolvedPort]:
        """What foreign keys point to: it is read at once."""
        found = self.resolve_inputs(run, names)
        self.log_reads(records(run, found))
        return found

    def _checkpoints(self) -> Checkpoint:
        """What is done between the steps of publishing; it may be given up until the first commit, and not after."""
        committed = False

        def checkpoint(step: str) -> None:
            nonlocal committed
            committed = committed or step.startswith("committed")
            if not committed:
                self._stop_if_cancelled()
            if step == "prepared":
                self._advance(RunState.PUBLISHING, Progress(step="publish", message="Publishing"))

        return checkpoint

    def _is_to_end(self) -> bool:
        """Whether somebody asked for the end of the run, or it is not this worker's any more.

        As long as the registry does not answer, neither is known, and the work goes on.
        """
        try:
            return not self.registry.runs.goes_on(self.hold.run.id, self.hold.worker_id, self.hold.attempt)
        except Unavailable as fault:
            _log.debug("It is not known whether %s is to end: %s", self.hold.run.id, fault)
            return False

    def _stop_if_cancelled(self) -> None:
        if self._is_to_end():
            raise _Cancelled

    def _see_publication_through(self, interrupted: MeshError) -> None:
        """Recover what this run began to publish, keeping hold of it meanwhile. It has its release then; or all was
        undone, perhaps by somebody else, and this attempt has failed."""
        run, publications = self.hold.run, self.registry.publications
        while (unfinished := publications.unfinished(run.product_id)) is not None and unfinished.run_id == run.id:
            recover(self.registry, self.storage, run.product_id)
            time.sleep(RECOVERY_PAUSE_S)
        if self.registry.runs.owns(run.id, self.hold.worker_id, self.hold.attempt):
            self._fail(interrupted, "infrastructure")

    def _breached(self, breach: Breached) -> None:
        report = self.registry.reports.get(str(breach.details.get("report")))
        self._finish(
            RunState.FAILED,
            Failure(
                failure_class="contract",
                code=breach.code,
                message=f"{summary(report)}." if report else breach.message,
                hint=breach.hint,
            ),
        )

    def _tell(self, progress: Progress) -> None:
        """Say which cell begins; nothing that would be worth ending the run for, when nobody can be told."""
        try:
            self._advance(None, progress)
        except Unavailable as fault:
            _log.debug("The progress of %s could not be told: %s", self.hold.run.id, fault)

    def _advance(self, state: RunState | None, progress: Progress, **changes: object) -> None:
        self.registry.runs.advance(
            self.hold.run.id,
            worker_id=self.hold.worker_id,
            attempt=self.hold.attempt,
            state=state,
            progress=progress,
            **changes,
        )

    def _fail(self, error: MeshError, failure_class: str) -> None:
        self._finish(
            RunState.FAILED,
            Failure.model_validate(
                {"failure_class": failure_class, "code": error.code, "message": error.message, "hint": error.hint}
            ),
        )

    def _finish(self, state: RunState, failure: Failure | None = None, **changes: object) -> None:
        self.registry.runs.finish(
            self.hold.run.id,
            worker_id=self.hold.worker_id,
            attempt=self.hold.attempt,
            state=state,
            failure=failure,
            retry=self.retry,
            **changes,
        )


def _failure_of(failed: RunFailed) -> Failure:
    told = failed.details.get("failure")
    if told is not None:
        return Failure.model_validate_json(json.dumps(told))
    return Failure.model_validate(
        {
            "failure_class": failed.details.get("failure_class", "user_code"),
            "code": failed.code,
            "message": failed.message,
            "hint": failed.hint,
        }
    )
