"""Looking after the local workbench."""

from __future__ import annotations

from mesh_workbench.lifecycle.examine import examine
from mesh_workbench.lifecycle.examine.check import Scene
from mesh_workbench.model.access import Action
from mesh_workbench.model.examination import Finding
from mesh_workbench.model.retention import Tidied
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.tidying import tidy_all


class LocalHouse:
    """Implements `protocol.House` on registry and storage."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def tidy(self, *, dry_run: bool = False) -> Tidied:
        """Remove what runs left behind, and releases, that the settings do not keep; with `dry_run` only say so.

        Raises Forbidden `access.denied` except for platform administrators, Conflict `tidy.busy`, Unavailable
        `storage.*`.
        """
        self._context.demand(Action.ADMINISTER)
        return tidy_all(self._context, dry_run=dry_run)

    def examine(self, *, repair: bool = False, grace_s: float = 86_400.0) -> list[Finding]:
        """Whether registry, tables, files and processes agree; one finding a check.

        With `repair` what can be put right is, and written down; files that belong to nothing are deleted when they
        are older than `grace_s` seconds. Raises Forbidden `access.denied` with `repair`, except for platform
        administrators.
        """
        context = self._context
        if repair:
            context.demand(Action.ADMINISTER)
        settings = context.settings
        scene = Scene(
            registry=context.registry,
            storage=context.storage,
            by=f"mesh doctor ({context.identity.name})",
            patience_s=settings.lease_s / 4 + 2 * settings.heartbeat_s,
            grace_s=grace_s,
            lose=self._lose,
        )
        findings = [*examine(scene, repair=repair)]
        repaired = sum(bool(problem.repaired) for finding in findings for problem in finding.problems)
        if repaired:
            checks = {finding.check: len(finding.problems) for finding in findings if finding.problems}
            with context.registry.transaction():
                context.audit("house.repair", "registry and storage", repaired=repaired, found=dict(checks))
        return findings

    def _lose(self, run_id: str) -> str:
        """Resolve a run whose lease is over, as the sweep of a worker does."""
        registry = self._context.registry
        run = next((run for run in registry.runs.expired() if run.id == run_id), None)
        after = registry.runs.lose(run, retry=RetryPolicy.of(self._context.settings)) if run else None
        return after.state.value if after else ""
