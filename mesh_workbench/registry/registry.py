"""`Registry`: what the workbench knows, one repository a noun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.lazy import part
from mesh_workbench.registry.database import Database, Dialect

if TYPE_CHECKING:
    from mesh_workbench.registry.anomalies import Anomalies
    from mesh_workbench.registry.audit import Audit
    from mesh_workbench.registry.backfills import Backfills
    from mesh_workbench.registry.blobs import Blobs
    from mesh_workbench.registry.breaking_changes import BreakingChanges
    from mesh_workbench.registry.chores import Chores
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

    domains: Domains = part("mesh_workbench.registry.domains:Domains", "_db")
    products: Products = part("mesh_workbench.registry.products:Products", "_db")
    versions: Versions = part("mesh_workbench.registry.versions:Versions", "_db")
    blobs: Blobs = part("mesh_workbench.registry.blobs:Blobs", "_db")
    breaking_changes: BreakingChanges = part("mesh_workbench.registry.breaking_changes:BreakingChanges", "_db")
    runs: Runs = part("mesh_workbench.registry.runs:Runs", "_db")
    slots: Slots = part("mesh_workbench.registry.slots:Slots", "_db")
    schedules: Schedules = part("mesh_workbench.registry.schedules:Schedules", "_db")
    backfills: Backfills = part("mesh_workbench.registry.backfills:Backfills", "_db")
    reports: Reports = part("mesh_workbench.registry.reports:Reports", "_db")
    proposals: Proposals = part("mesh_workbench.registry.proposals:Proposals", "_db")
    publications: Publications = part("mesh_workbench.registry.publications:Publications", "_db")
    releases: Releases = part("mesh_workbench.registry.releases:Releases", "_db")
    grants: Grants = part("mesh_workbench.registry.grants:Grants", "_db")
    audit: Audit = part("mesh_workbench.registry.audit:Audit", "_db")
    reads: Reads = part("mesh_workbench.registry.reads:Reads", "_db")
    probes: Probes = part("mesh_workbench.registry.probes:Probes", "_db")
    resolution: Resolution = part("mesh_workbench.registry.resolution:Resolution", "_db")
    workers: Workers = part("mesh_workbench.registry.workers:Workers", "_db")
    removals: Removals = part("mesh_workbench.registry.removals:Removals", "_db")
    past_releases: PastReleases = part("mesh_workbench.registry.past_releases:PastReleases", "_db")
    chores: Chores = part("mesh_workbench.registry.chores:Chores", "_db")
    leases: Leases = part("mesh_workbench.registry.leases:Leases", "_db")
    lineage: Lineage = part("mesh_workbench.registry.lineage:Lineage", "_db")
    anomalies: Anomalies = part("mesh_workbench.registry.anomalies:Anomalies", "_db")
    repairs: Repairs = part("mesh_workbench.registry.repairs:Repairs", "_db")
    deliveries: Deliveries = part("mesh_workbench.registry.deliveries:Deliveries", "_db")
    endings: Endings = part("mesh_workbench.registry.endings:Endings", "_db")
    notices: Notices = part("mesh_workbench.registry.notices:Notices", "_db")
    overdue: Overdue = part("mesh_workbench.registry.overdue:Overdue", "_db")
    preferences: PreferencesOf = part("mesh_workbench.registry.preferences:PreferencesOf", "_db")
    subscriptions: Subscriptions = part("mesh_workbench.registry.subscriptions:Subscriptions", "_db")
    troubles: Troubles = part("mesh_workbench.registry.troubles:Troubles", "_db")
    usage: Usage = part("mesh_workbench.registry.usage:Usage", "_db")

    def __init__(self, database: Database) -> None:
        self._db = database

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
