"""`Registry`: what the workbench knows, one repository a noun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from mesh_workbench.registry.anomalies import Anomalies
from mesh_workbench.registry.audit import Audit
from mesh_workbench.registry.backfills import Backfills
from mesh_workbench.registry.blobs import Blobs
from mesh_workbench.registry.breaking_changes import BreakingChanges
from mesh_workbench.registry.chores import Chores
from mesh_workbench.registry.database import Database, Dialect
from mesh_workbench.registry.deliveries import Deliveries
from mesh_workbench.registry.domains import Domains
from mesh_workbench.registry.endings import Endings
from mesh_workbench.registry.grants import Grants
from mesh_workbench.registry.leases import Leases
from mesh_workbench.registry.lineage import Lineage
from mesh_workbench.registry.notices import Notices
from mesh_workbench.registry.overdue import Overdue
from mesh_workbench.registry.past_releases import PastReleases
from mesh_workbench.registry.preferences import PreferencesOf
from mesh_workbench.registry.probes import Probes
from mesh_workbench.registry.products import Products
from mesh_workbench.registry.proposals import Proposals
from mesh_workbench.registry.publications import Publications
from mesh_workbench.registry.reads import Reads
from mesh_workbench.registry.releases import Releases
from mesh_workbench.registry.removals import Removals
from mesh_workbench.registry.repairs import Repairs
from mesh_workbench.registry.reports import Reports
from mesh_workbench.registry.resolution import Resolution
from mesh_workbench.registry.runs import Runs
from mesh_workbench.registry.schedules import Schedules
from mesh_workbench.registry.slots import Slots
from mesh_workbench.registry.subscriptions import Subscriptions
from mesh_workbench.registry.troubles import Troubles
from mesh_workbench.registry.usage import Usage
from mesh_workbench.registry.versions import Versions
from mesh_workbench.registry.workers import Workers


class Registry:
    """An open registry; safe to share between threads. Whoever opens it closes it.

    Every method of a repository joins the transaction that is open in the same thread, or makes its own. Each may raise
    Unavailable: `registry.unreachable`, `registry.busy`, `registry.full`, `registry.read-only`, `registry.damaged`.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self.domains = Domains(database)
        self.products = Products(database)
        self.versions = Versions(database)
        self.blobs = Blobs(database)
        self.breaking_changes = BreakingChanges(database)
        self.runs = Runs(database)
        self.slots = Slots(database)
        self.schedules = Schedules(database)
        self.backfills = Backfills(database)
        self.reports = Reports(database)
        self.proposals = Proposals(database)
        self.publications = Publications(database)
        self.releases = Releases(database)
        self.grants = Grants(database)
        self.audit = Audit(database)
        self.reads = Reads(database)
        self.probes = Probes(database)
        self.resolution = Resolution(database)
        self.workers = Workers(database)
        self.removals = Removals(database)
        self.past_releases = PastReleases(database)
        self.chores = Chores(database)
        self.leases = Leases(database)
        self.lineage = Lineage(database)
        self.anomalies = Anomalies(database)
        self.repairs = Repairs(database)
        self.deliveries = Deliveries(database)
        self.endings = Endings(database)
        self.notices = Notices(database)
        self.overdue = Overdue(database)
        self.preferences = PreferencesOf(database)
        self.subscriptions = Subscriptions(database)
        self.troubles = Troubles(database)
        self.usage = Usage(database)

    @property
    def dialect(self) -> Dialect:
        return self._db.dialect

    @property
    def place(self) -> str:
        """Which registry it is, in words and without a password."""
        return self._db.place

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens together or not at all. Keep it short: SQLite has one writer at a time."""
        with self._db.write():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment. Nothing can be written inside; nobody is held up."""
        with self._db.read():
            yield

    def now(self) -> datetime:
        """The database's time in UTC."""
        return self._db.now()

    def close(self) -> None:
        """Give all connections back."""
        self._db.engine.dispose()
