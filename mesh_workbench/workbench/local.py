"""The workbench on a registry and a storage that this process reaches itself."""

from __future__ import annotations

from dataclasses import replace

from mesh_workbench.model.identity import Identity
from mesh_workbench.workbench.backfills import LocalBackfills
from mesh_workbench.workbench.bundles import LocalBundles
from mesh_workbench.workbench.catalog import LocalCatalog
from mesh_workbench.workbench.changes import LocalChanges
from mesh_workbench.workbench.completions import LocalCompletions
from mesh_workbench.workbench.context import Context
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

    def __init__(self, context: Context) -> None:
        self.context = context
        self.domains = LocalDomains(context)
        self.products = LocalProducts(context)
        self.reviews = LocalReviews(context)
        self.preflights = LocalPreflights(context)
        self.versions = LocalVersions(context)
        self.bundles = LocalBundles(context)
        self.changes = LocalChanges(context)
        self.contracts = LocalContracts(context)
        self.runs = LocalRuns(context)
        self.releases = LocalReleases(context)
        self.schedules = LocalSchedules(context)
        self.backfills = LocalBackfills(context)
        self.query = LocalQuery(context)
        self.completions = LocalCompletions(context)
        self.lineage = LocalLineage(context)
        self.usage = LocalUsage(context)
        self.catalog = LocalCatalog(context)
        self.house = LocalHouse(context)
        self.notices = LocalNotices(context)

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
