"""The workbench on a registry and a storage that this process reaches itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mesh_workbench.lazy import part
from mesh_workbench.model.identity import Identity
from mesh_workbench.workbench.context import Context

if TYPE_CHECKING:
    from mesh_workbench.workbench.backfills import LocalBackfills
    from mesh_workbench.workbench.bundles import LocalBundles
    from mesh_workbench.workbench.catalog import LocalCatalog
    from mesh_workbench.workbench.changes import LocalChanges
    from mesh_workbench.workbench.completions import LocalCompletions
    from mesh_workbench.workbench.contracts import LocalContracts
    from mesh_workbench.workbench.domains import LocalDomains
    from mesh_workbench.workbench.house import LocalHouse
    from mesh_workbench.workbench.lineage import LocalLineage
    from mesh_workbench.workbench.notices import LocalNotices
    from mesh_workbench.workbench.preflights import LocalPreflights
    from mesh_workbench.workbench.products import LocalProducts
    from mesh_workbench.workbench.query import LocalQuery
    from mesh_workbench.workbench.releases import LocalReleases
    from mesh_workbench.workbench.reviews import LocalReviews
    from mesh_workbench.workbench.runs import LocalRuns
    from mesh_workbench.workbench.schedules import LocalSchedules
    from mesh_workbench.workbench.usage import LocalUsage
    from mesh_workbench.workbench.versions import LocalVersions


class LocalWorkbench:
    """Implements `protocol.Workbench`; one noun is one file of this folder."""

    domains: LocalDomains = part("mesh_workbench.workbench.domains:LocalDomains", "context")
    products: LocalProducts = part("mesh_workbench.workbench.products:LocalProducts", "context")
    reviews: LocalReviews = part("mesh_workbench.workbench.reviews:LocalReviews", "context")
    preflights: LocalPreflights = part("mesh_workbench.workbench.preflights:LocalPreflights", "context")
    versions: LocalVersions = part("mesh_workbench.workbench.versions:LocalVersions", "context")
    bundles: LocalBundles = part("mesh_workbench.workbench.bundles:LocalBundles", "context")
    changes: LocalChanges = part("mesh_workbench.workbench.changes:LocalChanges", "context")
    contracts: LocalContracts = part("mesh_workbench.workbench.contracts:LocalContracts", "context")
    runs: LocalRuns = part("mesh_workbench.workbench.runs:LocalRuns", "context")
    releases: LocalReleases = part("mesh_workbench.workbench.releases:LocalReleases", "context")
    schedules: LocalSchedules = part("mesh_workbench.workbench.schedules:LocalSchedules", "context")
    backfills: LocalBackfills = part("mesh_workbench.workbench.backfills:LocalBackfills", "context")
    query: LocalQuery = part("mesh_workbench.workbench.query:LocalQuery", "context")
    completions: LocalCompletions = part("mesh_workbench.workbench.completions:LocalCompletions", "context")
    lineage: LocalLineage = part("mesh_workbench.workbench.lineage:LocalLineage", "context")
    usage: LocalUsage = part("mesh_workbench.workbench.usage:LocalUsage", "context")
    catalog: LocalCatalog = part("mesh_workbench.workbench.catalog:LocalCatalog", "context")
    house: LocalHouse = part("mesh_workbench.workbench.house:LocalHouse", "context")
    notices: LocalNotices = part("mesh_workbench.workbench.notices:LocalNotices", "context")

    def __init__(self, context: Context) -> None:
        self.context = context

    @property
    def identity(self) -> Identity:
        return self.context.identity

    def as_(self, identity: Identity) -> LocalWorkbench:
        """The same workbench for somebody else; the registry's connections are shared."""
        return LocalWorkbench(replace(self.context, identity=identity))

    def close(self) -> None:
        """Give connections back. The workbench cannot be used afterwards, nor those made of it by `as_`."""
        self.context.names.close()
        self.context.read_log.close()
        self.context.sessions.close()
        self.context.registry.close()
