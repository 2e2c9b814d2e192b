"""`Workbench`: everything that a door can ask for, grouped by noun.

Arguments and results are values of `model/`, plain scalars or Arrow streams, so that another implementation (the
client of a gateway) can stand behind every door. A workbench is bound to one acting identity: `bench.as_(identity)`
gives the same workbench for somebody else. Every method raises errors of `errors.py` only, and every change writes an
audit record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from mesh_workbench.model.access import AuditRecord, Grant
from mesh_workbench.model.base import Page
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.contract import ContractProblem, ContractProposal, ContractView
from mesh_workbench.model.domain import Domain, DomainDetail, DomainDraft
from mesh_workbench.model.examination import Finding
from mesh_workbench.model.history import ContractHistory
from mesh_workbench.model.identity import Identity, Member, Role
from mesh_workbench.model.product import ProductDetail, ProductSummary
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort, RowsPage
from mesh_workbench.model.release import Release
from mesh_workbench.model.retention import Tidied
from mesh_workbench.model.run import Run, RunRequest
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview
from mesh_workbench.model.search import SearchRequest, SearchResults
from mesh_workbench.model.status import WorkbenchStatus
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow


class Domains(Protocol):
    """Who owns products."""

    def list(self, *, cursor: str | None = None, limit: int = 100) -> Page[Domain]: ...
    def get(self, name: str) -> DomainDetail: ...
    def add(self, draft: DomainDraft) -> Domain: ...
    def set_role(self, domain: str | None, identity: str, role: Role) -> Member: ...


class Products(Protocol):
    """The catalog, and promotion into it. `name` is always domain.product."""

    def list(
        self, *, domain: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[ProductSummary]: ...
    def get(self, name: str) -> ProductDetail: ...
    def plan(self, request: PromotionRequest, *, staged: dict[str, pyarrow.Table] | None = None) -> PromotionPlan:
        """What promoting would do; stores nothing. `staged` holds data to propose contracts from, by port."""
        ...

    def promote(self, request: PromotionRequest) -> Promotion: ...
    def deprecate(self, name: str, *, reason: str) -> ProductDetail: ...
    def retire(self, name: str, *, reason: str) -> ProductDetail: ...


class Versions(Protocol):
    """Immutable snapshots of products. `version` None means the newest."""

    def list(self, name: str, *, cursor: str | None = None, limit: int = 100) -> Page[ProductVersion]: ...
    def get(self, name: str, version: str | None = None) -> ProductVersion: ...
    def notebook(self, name: str, version: str | None = None) -> str: ...


class Contracts(Protocol):
    """What ports promise."""

    def get(self, name: str, port: str | None = None, version: str | None = None) -> ContractView: ...
    def lint(self, text: str) -> list[ContractProblem]: ...
    def infer(self, port: str, table: pyarrow.Table) -> ContractProposal: ...
    def check(self, text: str, table: pyarrow.Table) -> CheckReport:
        """Check a table against a contract, outside any run."""
        ...

    def report(self, report_id: str) -> CheckReport: ...
    def history(
        self, name: str, port: str | None = None, *, promise: str | None = None, limit: int = 20
    ) -> ContractHistory:
        """How the promises of a port were kept in the last `limit` checks; `promise` is an id or a column."""
        ...


class Runs(Protocol):
    """Executions of product versions."""

    def request(self, request: RunRequest, *, idempotency_key: str | None = None) -> Run: ...
    def get(self, run_id: str) -> Run: ...
    def list(self, name: str | None = None, *, cursor: str | None = None, limit: int = 50) -> Page[Run]: ...
    def cancel(self, run_id: str) -> Run: ...
    def retry(self, run_id: str, *, force: bool = False) -> Run: ...
    def watch(self, run_id: str, *, poll_s: float = 0.2) -> Iterator[Run]:
        """The run each time it or its place in the queue changes, until it is final (that one included)."""
        ...

    def notebook(self, run_id: str) -> str:
        """The executed notebook as JSON text, also of a failed run."""
        ...

    def page(self, run_id: str, *, code: bool = False) -> str:
        """The executed notebook as one harmless HTML page, the parameters on top; `code` shows the cells too."""
        ...

    def log(self, run_id: str) -> str: ...
    def quarantine(self, run_id: str) -> pyarrow.Table:
        """Rows that broke a promise: port, promise, words, outcome, key and value (both JSON objects as text)."""
        ...


class Releases(Protocol):
    """What consumers read."""

    def list(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[Release]: ...
    def get(self, name: str, number: int | None = None) -> Release: ...


class Schedules(Protocol):
    """When products run by themselves."""

    def get(self, name: str) -> Schedule | None: ...
    def set(self, name: str, draft: ScheduleDraft) -> Schedule: ...
    def pause(self, name: str, *, reason: str) -> Schedule: ...
    def resume(self, name: str) -> Schedule: ...
    def preview(self, draft: ScheduleDraft, *, count: int = 3) -> SchedulePreview: ...


class Query(Protocol):
    """Reading."""

    def sql(self, request: QueryRequest) -> Answer: ...
    def resolve(
        self,
        names: list[str],
        *,
        as_of: datetime | None = None,
        release: int | None = None,
        how: str = "read",
    ) -> list[ResolvedPort]:
        """The releases behind names, for a reader in this process. Decides access and logs the read."""
        ...

    def sample(self, name: str, *, limit: int = 50) -> RowsPage: ...
    def rows(self, request: QueryRequest) -> RowsPage:
        """The first `request.limit` rows, for display."""
        ...


class Catalog(Protocol):
    """Search, the audit trail, and how the workbench is."""

    def search(self, request: SearchRequest) -> SearchResults: ...
    def audit(self, *, cursor: str | None = None, limit: int = 50) -> Page[AuditRecord]: ...
    def grants(self, name: str) -> list[Grant]: ...
    def grant(self, name: str, identity: str, *, purpose: str, until: datetime | None = None) -> Grant: ...
    def revoke(self, grant_id: str) -> Grant: ...
    def status(self) -> WorkbenchStatus: ...


class House(Protocol):
    """Looking after the workbench itself."""

    def tidy(self, *, dry_run: bool = False) -> Tidied:
        """Remove what runs left behind and the settings do not keep."""
        ...

    def examine(self, *, repair: bool = False, grace_s: float = 86_400.0) -> list[Finding]:
        """Whether registry, tables, files and processes agree; what can be put right is with `repair`."""
        ...


class Workbench(Protocol):
    """A workbench, seen by one identity."""

    @property
    def identity(self) -> Identity: ...
    @property
    def domains(self) -> Domains: ...
    @property
    def products(self) -> Products: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def contracts(self) -> Contracts: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def query(self) -> Query: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def house(self) -> House: ...

    def as_(self, identity: Identity) -> Workbench: ...
    def close(self) -> None: ...
