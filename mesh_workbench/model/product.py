"""Data products as the registry keeps them and as the catalog shows them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.major import OldMajor
from mesh_workbench.model.names import Name
from mesh_workbench.model.schedule import Schedule
from mesh_workbench.model.sunset import Sunset


class ProductStatus(StrEnum):
    """Lifecycle of a product; active from its first release on."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class HealthState(StrEnum):
    """Whether a product keeps its promises now."""

    KEPT = "kept"
    KEPT_PARTLY = "kept_partly"
    LATE = "late"
    BREACHED = "breached"
    FAILED = "failed"
    NEVER_RAN = "never_ran"


HealthCause = Literal["kept", "run_due", "run_waits", "data_old", "nothing_published", "failed"]
"""Of `failed` only `reason` says more."""


class PromiseCounts(Value):
    """What became of the promises of a release."""

    promises: int
    kept: int
    warned: int
    not_evaluated: int


class Health(Value):
    """State of a product's promises, with the reason in words."""

    state: HealthState
    reason: str = Field(examples=["All 31 promises kept."])
    since: Instant | None = None
    because: HealthCause = Field("failed", description="The reason as a code, for those who word it themselves.")
    counts: PromiseCounts | None = Field(None, description="How many promises the release kept, where that is why.")


Access = Literal["open", "on_request"]


class Port(Value):
    """An output port: a dataset that a product offers."""

    id: str = Field(description="Immutable; names the folder of its tables.", examples=["prt_01k9…"])
    product_id: str
    name: Name
    position: int = Field(description="0 is the first port, the default for ever.")
    description: str = ""


class Column(Value):
    """One column of a port as its contract and its current release describe it."""

    name: str
    type: str = Field(description="Logical type of the contract, else the physical one.", examples=["integer"])
    physical_type: str = Field("", examples=["int64"])
    description: str = ""
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    classification: str = ""
    rules: int = Field(0, description="How many quality rules speak of it.")


class Product(Value):
    """A data product as the registry keeps it."""

    id: str = Field(examples=["prd_01k9…"])
    domain: Name
    name: Name
    title: str = ""
    description: str = ""
    owner: str
    status: ProductStatus = ProductStatus.DRAFT
    tags: list[str] = Field(default_factory=list)
    access: Access = Field("open", description="Who may read it: everyone, or those with a grant.")
    version: str | None = Field(None, description="Newest version.")
    release: int | None = Field(None, description="Number of the current release.")
    sunset: Sunset | None = Field(None, description="Why and until when one may still read it; null when no end is.")
    majors: list[OldMajor] = Field(
        default_factory=list, description="Older major versions, with until when each can be read beside the newest."
    )
    created: Instant
    revision: int = Field(1, description="Counts edits; the ETag of the product.")

    @property
    def full_name(self) -> str:
        return f"{self.domain}.{self.name}"

    def ended(self, moment: Instant) -> bool:
        """Whether it can no longer be read at `moment`: it is retired, or past its sunset."""
        past = self.sunset is not None and self.sunset.over(moment)
        return self.status is ProductStatus.RETIRED or (self.status is ProductStatus.DEPRECATED and past)

    def old_major(self, version: str | None) -> OldMajor | None:
        """What is recorded of the major version that `version` (1, or 1.2.0) means, when it is an older one."""
        major = version.partition(".")[0] if version else None
        if major is None or major == (self.version or "").partition(".")[0]:
            return None
        return next((one for one in self.majors if str(one.major) == major), None)


class ProductSummary(Value):
    """One line of the catalog."""

    domain: Name
    name: Name
    full_name: str = Field(examples=["flight_ops.flights"])
    title: str = ""
    description: str = ""
    owner: str
    status: ProductStatus
    tags: list[str] = Field(default_factory=list)
    version: str | None = None
    sunset: Sunset | None = Field(None, description="Why and until when one may still read it; null when no end is.")
    release: int | None = None
    released: Instant | None = Field(None, description="When the current release was published.")
    rows: int | None = Field(None, description="Rows of the first port in the current release.")
    health: Health
    ports: list[str] = Field(default_factory=list)


class PortDetail(Port):
    """A port with its columns and counts."""

    columns: list[Column] = Field(default_factory=list)
    rows: int | None = None
    bytes: int | None = None
    contract_promises: int = 0


class ProductDetail(ProductSummary):
    """Everything the product page's overview needs, in one answer."""

    id: str
    access: Access = "open"
    created: Instant
    revision: int = 1
    port_details: list[PortDetail] = Field(default_factory=list)
    schedule: Schedule | None = None
    inputs: list[str] = Field(default_factory=list, description="Ports it reads.")
    consumers: list[str] = Field(default_factory=list, description="Products that read it.")
    readers: int = Field(0, description="People who read it in the last 30 days.")
    majors: list[OldMajor] = Field(
        default_factory=list, description="Older major versions, with until when each can be read beside the newest."
    )
    notes: list[str] = Field(
        default_factory=list, description="What one should know, for example: access rules are advisory."
    )
    may: list[str] = Field(
        default_factory=list, description="What the asking identity may do here: read, run, promote, edit."
    )
    transitions: list[str] = Field(
        default_factory=list,
        description="What can become of it now, as far as the asking identity may do that.",
        examples=[["deprecate", "retire", "rollback"]],
    )
