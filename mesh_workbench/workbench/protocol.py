"""`Workbench`: everything that a door can ask for, grouped by noun.

Arguments and results are values of `model/`, plain scalars or Arrow streams, so that another implementation (the
client of a gateway) can stand behind every door. A workbench is bound to one acting identity: `bench.as_(identity)`
gives the same workbench for somebody else. Every method raises errors of `errors.py` only, and every change writes an
audit record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from mesh_workbench.model.access import AuditRecord, Grant
from mesh_workbench.model.backfill import Backfill, BackfillPlan, BackfillRequest, BackfillSlot
from mesh_workbench.model.base import Page
from mesh_workbench.model.breaking import BreakingChange
from mesh_workbench.model.bundle import Imported
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.completion import CompletionRequest, Completions, Meaning
from mesh_workbench.model.connection import Connection
from mesh_workbench.model.contract import ContractProblem, ContractProposal, ContractView
from mesh_workbench.model.delivery import Delivery
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.domain import Domain, DomainDetail, DomainDraft
from mesh_workbench.model.examination import Finding
from mesh_workbench.model.history import ContractHistory
from mesh_workbench.model.identity import Identity, Member, Role
from mesh_workbench.model.lineage import Impact, Lineage
from mesh_workbench.model.notice import Notice, NoticeSummary, Sweep
from mesh_workbench.model.pause import DomainPause
from mesh_workbench.model.plan import QueryPlan
from mesh_workbench.model.preferences import Channel, Preferences, PreferencesDraft
from mesh_workbench.model.preflight import Preflight, PreflightRequest
from mesh_workbench.model.product import ProductDetail, ProductSummary
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest, Standing, StandingRequest
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort, RowsPage
from mesh_workbench.model.release import Release
from mesh_workbench.model.retention import Tidied
from mesh_workbench.model.review import Proposal, ProposalDetail, ReviewRule
from mesh_workbench.model.rollback import RollbackPlan
from mesh_workbench.model.rows import RowsRequest
from mesh_workbench.model.run import Run, RunRequest
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview, Slot
from mesh_workbench.model.search import SearchRequest, SearchResults
from mesh_workbench.model.status import WorkbenchStatus
from mesh_workbench.model.subscription import Subscription, SubscriptionDraft, Told
from mesh_workbench.model.usage import Usage
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow


class Domains(Protocol):
    """Who owns products."""

    def list(self, *, cursor: str | None = None, limit: int = 100) -> Page[Domain]: ...
    def get(self, name: str) -> DomainDetail: ...
    def add(self, draft: DomainDraft) -> Domain: ...
    def pause(self, name: str, *, reason: str, until: datetime | None = None) -> DomainPause: ...
    def resume(self, name: str) -> DomainPause: ...
    def set_review(self, name: str, rule: ReviewRule | None) -> DomainDetail:
        """Say who approves what is promoted into a domain; nobody for None."""
        ...

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

    def standing(self, request: StandingRequest) -> Standing:
        """Whether a notebook differs from the newest version of a product; cheap, and stores nothing."""
        ...

    def promote(self, request: PromotionRequest) -> Promotion: ...
    def deprecate(
        self, name: str, *, reason: str, until: datetime | None = None, successor: str | None = None
    ) -> ProductDetail:
        """Advise against a product; consumers are told, and refused after `until`. Again, it changes what was said."""
        ...

    def move_sunset(self, name: str, major: int, *, reason: str, until: datetime) -> ProductDetail:
        """Let an older major version be read until another date; consumers are told."""
        ...

    def plan_rollback(self, name: str, *, release: int | None = None, version: str | None = None) -> RollbackPlan:
        """What `rollback` would do; stores nothing. Exactly one of `release` and `version` is given."""
        ...

    def rollback(
        self, name: str, *, reason: str, release: int | None = None, version: str | None = None
    ) -> ProductDetail:
        """Bring back the data of a release, or of the newest one of a version, and let that version run again."""
        ...

    def rename(self, name: str, *, to: str, reason: str) -> ProductDetail:
        """Call a product otherwise, also in another domain; the old name leads to it until it is taken again."""
        ...

    def reinstate(self, name: str, *, reason: str) -> ProductDetail: ...
    def retire(self, name: str, *, reason: str, force: bool = False) -> ProductDetail:
        """End a product. With `force` also while other products read it."""
        ...


class Reviews(Protocol):
    """Promotions that others approve before they hold, where a domain asks for it."""

    def propose_bundle(self, content: bytes, *, to: str, create_domains: bool = False) -> Proposal: ...
    def propose(self, request: PromotionRequest) -> Proposal: ...
    def list(
        self, *, product: str | None = None, waiting: bool = False, cursor: str | None = None, limit: int = 50
    ) -> Page[Proposal]:
        """Proposals, the newest first; with `waiting` only those that wait for the word of who asks."""
        ...

    def get(self, proposal_id: str) -> ProposalDetail: ...
    def approve(self, proposal_id: str, *, comment: str = "") -> Proposal:
        """Approve a proposal; with enough approvals it is promoted."""
        ...

    def send_back(self, proposal_id: str, *, comment: str) -> Proposal: ...

    def withdraw(self, proposal_id: str, *, comment: str = "") -> Proposal:
        """Take an own proposal back."""
        ...


class Preflights(Protocol):
    """Notebooks tried out as a worker would run them, before they are promoted."""

    def start(self, request: PreflightRequest) -> Preflight:
        """Begin one, as whoever asks; nothing of it is published."""
        ...

    def get(self, preflight_id: str) -> Preflight: ...
    def cancel(self, preflight_id: str) -> Preflight: ...


class Versions(Protocol):
    """Immutable snapshots of products. `version` None means the newest."""

    def list(self, name: str, *, cursor: str | None = None, limit: int = 100) -> Page[ProductVersion]: ...
    def get(self, name: str, version: str | None = None) -> ProductVersion: ...
    def notebook(self, name: str, version: str | None = None) -> str: ...
    def file(self, name: str, version: str | None, path: str) -> bytes:
        """The content of a project file; for who may read the product."""
        ...

    def lock(self, name: str, version: str | None = None) -> str:
        """The lock of its environment, as JSON text."""
        ...

    def difference(self, name: str, before: str | None = None, after: str | None = None) -> VersionDifference:
        """What is otherwise in version `after` than in `before`; None means the newest, and the one before that."""
        ...


class Bundles(Protocol):
    """Versions of products as files that go from one workbench to another."""

    def export(self, name: str, version: str | None = None, *, with_data: bool = False) -> bytes: ...
    def take_in(self, content: bytes, *, to: str, create_domains: bool = False) -> Imported:
        """Record the version of a bundle as the product `to`, or in the domain `to` as it was called."""
        ...


class Changes(Protocol):
    """Breaking changes: consumers are told of them, and say that they are ready."""

    def list(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[BreakingChange]: ...
    def get(self, change_id: str) -> BreakingChange: ...
    def announce(self, request: PromotionRequest) -> BreakingChange:
        """Tell the consumers of what promoting would break; nothing is promoted."""
        ...

    def acknowledge(self, change_id: str, *, note: str = "") -> BreakingChange:
        """Say that one is ready: for oneself, and for the products that one may promote."""
        ...


class Contracts(Protocol):
    """What ports promise."""

    def get(self, name: str, port: str | None = None, version: str | None = None) -> ContractView: ...
    def lint(self, text: str) -> list[ContractProblem]: ...
    def infer(self, port: str, data: pyarrow.Table | str) -> ContractProposal:
        """Propose a contract for data, given or named as in `check`; an empty `port` is called as the data is."""
        ...

    def check(self, text: str, data: pyarrow.Table | str, *, object_name: str = "") -> CheckReport:
        """Check data against a contract, outside any run; of several objects, the one named or called as the data.

        It is a table, or it is named: a product, whose current release is meant, or a file, a folder, a Delta table,
        here or on object storage, as whoever asks sees it.
        """
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
    def remove(self, name: str) -> Schedule: ...
    def pause(self, name: str, *, reason: str, until: datetime | None = None) -> Schedule: ...
    def resume(self, name: str) -> Schedule: ...
    def slots(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[Slot]: ...
    def preview(
        self, draft: ScheduleDraft, *, count: int = 3, product: str | None = None, zone: str | None = None
    ) -> SchedulePreview:
        """What a schedule would do; stores nothing. Fire times in words are in `zone`."""
        ...

    def upcoming(self, name: str, *, count: int = 3, zone: str | None = None) -> SchedulePreview:
        """What the product's own schedule does next."""
        ...


class Backfills(Protocol):
    """Ranges of slots, computed again or for the first time."""

    def plan(self, request: BackfillRequest) -> BackfillPlan: ...
    def begin(self, request: BackfillRequest) -> Backfill: ...
    def get(self, backfill_id: str) -> Backfill: ...
    def list(self, name: str | None = None, *, cursor: str | None = None, limit: int = 50) -> Page[Backfill]: ...
    def slots(self, backfill_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[BackfillSlot]: ...
    def pause(self, backfill_id: str, *, reason: str) -> Backfill: ...
    def resume(self, backfill_id: str) -> Backfill: ...
    def cancel(self, backfill_id: str, *, reason: str) -> Backfill: ...


class Lineages(Protocol):
    """What products are made from."""

    def of(
        self,
        name: str,
        *,
        column: str | None = None,
        direction: Literal["both", "up", "down"] = "both",
        depth: int = 10,
        release: int | None = None,
    ) -> Lineage:
        """From what a product is made and what is made from it; with `column` only the ways of that column."""
        ...

    def impact(self, name: str, column: str) -> Impact:
        """Whom a change of a column would hit."""
        ...


class Usages(Protocol):
    """How much products are read, and by whom."""

    def of(self, name: str, *, days: int = 30) -> Usage: ...


class Query(Protocol):
    """Reading."""

    def sql(
        self,
        request: QueryRequest,
        *,
        known: Collection[str] = (),
        frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None,
    ) -> Answer:
        """The answer to a question; one whose tag is among `known` is not computed again.

        `frames` are what names without a domain stand for: rows of the asker's own, or releases, to which access is
        decided anew.
        """
        ...

    def plan(
        self, request: QueryRequest, *, frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None
    ) -> QueryPlan:
        """What a statement would read; nothing is computed or logged."""
        ...

    def port_rows(self, request: RowsRequest, *, known: Collection[str] = ()) -> Answer:
        """Rows of one port, asked for without SQL."""
        ...

    def resolve(
        self,
        names: list[str],
        *,
        as_of: datetime | None = None,
        release: int | None = None,
        slot: str | None = None,
        how: str = "read",
        purpose: str = "",
    ) -> list[ResolvedPort]:
        """The releases behind names, or what of them is about a slot, for a reader in this process. Decides access and
        logs the read."""
        ...

    def connect(
        self, name: str, *, as_of: datetime | None = None, release: int | None = None, slot: str | None = None
    ) -> Connection:
        """How other tools read a port, or what of it is about `slot`. Refused to who may not read all of it."""
        ...

    def sample(self, name: str, *, limit: int = 50, as_of: datetime | None = None, slot: str | None = None) -> RowsPage:
        """The first rows of a port, or of what of it is about `slot`."""
        ...

    def rows(self, request: QueryRequest) -> RowsPage:
        """The first `request.limit` rows, for display."""
        ...


class Assistant(Protocol):
    """Cells that are being written."""

    def complete(self, request: CompletionRequest) -> Completions:
        """What can stand at the cursor."""
        ...

    def meaning(self, request: CompletionRequest) -> Meaning | None:
        """What the word at the cursor stands for; None for what is nothing of the mesh."""
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


class Notices(Protocol):
    """What the asking identity is told, about what, and how. `target` is domain.product or a domain."""

    def summary(self) -> NoticeSummary: ...
    def read(self, notice_ids: list[str] | None = None) -> NoticeSummary:
        """Mark notices as read, all for None."""
        ...

    def told(self, target: str) -> Told:
        """Whether and why one is told about it."""
        ...

    def subscriptions(self) -> list[Subscription]: ...
    def subscribe(self, target: str, draft: SubscriptionDraft) -> Told: ...
    def unsubscribe(self, target: str) -> Told: ...
    def mute(self, target: str, *, until: datetime | None = None) -> Told: ...
    def unmute(self, target: str) -> Told: ...
    def channels(self) -> list[Channel]: ...
    def preferences(self) -> Preferences: ...
    def set_preferences(self, draft: PreferencesDraft) -> Preferences: ...
    def test(self, channel: str) -> Delivery:
        """Send a message to one's own address of a channel, now."""
        ...

    def deliveries(self, *, everybody: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Delivery]: ...
    def sweep(self) -> Sweep:
        """Look for what is to be told, and send what is due, as workers do."""
        ...

    def list(self, *, unread: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Notice]: ...


class Workbench(Protocol):
    """A workbench, seen by one identity."""

    @property
    def identity(self) -> Identity: ...
    @property
    def domains(self) -> Domains: ...
    @property
    def products(self) -> Products: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def preflights(self) -> Preflights: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def bundles(self) -> Bundles: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def contracts(self) -> Contracts: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def backfills(self) -> Backfills: ...
    @property
    def query(self) -> Query: ...
    @property
    def completions(self) -> Assistant: ...
    @property
    def lineage(self) -> Lineages: ...
    @property
    def usage(self) -> Usages: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def house(self) -> House: ...
    @property
    def notices(self) -> Notices: ...

    def as_(self, identity: Identity) -> Workbench: ...
    def close(self) -> None: ...
