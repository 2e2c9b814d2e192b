"""Publications: the full plan of making one release, written down before anything is changed.

Who finds an unfinished one can either undo it or finish it with nothing but this value, the tables and the registry.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.release import PortFile
from mesh_workbench.model.subscription import Audience


class PublicationState(StrEnum):
    """What became of a publication."""

    PREPARED = "prepared"
    RELEASED = "released"
    DISCARDED = "discarded"


class PortPlan(Value):
    """What publishing does to the table of one port."""

    port: str
    port_id: str
    major: int
    mode: OutputMode
    expected_version: int | None = Field(
        description="Delta version before publishing; null when there is no table yet."
    )
    add: list[PortFile] = Field(default_factory=list, description="Files that the release adds.")
    sources: dict[str, str] = Field(
        default_factory=dict, description="Path of each added file in the table's folder to where it lies in the run's."
    )
    remove: list[str] = Field(default_factory=list, description="Paths of the base release's files that end with it.")
    rearranged: list[str] = Field(
        default_factory=list,
        description="Those of both whose rows are the same: small files, and what they were merged into.",
    )
    rows: int = Field(description="Rows of the port after publishing.")
    bytes: int = Field(description="Bytes of the port after publishing.")
    files: int = Field(description="Files of the port after publishing.")
    arrow_schema: str = Field(description="Arrow schema after publishing, IPC-serialised, base64.")


class Publication(Value):
    """The attempt to make one release. `ports` are in the order in which they are committed.

    The first port's commit is the point of no return: recovery before it discards, after it rolls forward.
    """

    id: str = Field(examples=["pub_01k9…"])
    product_id: str
    product: str = Field(description="domain.product", examples=["flight_ops.flights"])
    run_id: str = Field(description="Run that made the data: of a restored release, the one that made them then.")
    version: str = Field(description="Product version.", examples=["1.2.0"])
    major: int
    fence: int = Field(description="Fencing number of the lock it was prepared under.")
    state: PublicationState = PublicationState.PREPARED
    release: int = Field(description="Number of the release that it makes.")
    base_release: int | None = Field(None, description="Release of the same major that the candidate builds on.")
    ports: list[PortPlan] = Field(default_factory=list)
    slot: str | None = Field(None, description="Key of the slot.")
    report_id: str
    verdict: Verdict
    checked: int = Field(description="Promises evaluated.")
    warned: int = Field(0, description="Evaluated ones that were not kept, and of which the contract only warns.")
    promises: int = Field(description="Promises in all.")
    fresh_until: Instant | None = Field(
        None, description="Until when the data are as young as the contract promises; null without such promise."
    )
    restores: int | None = Field(None, description="Release whose state it brings back; null when a run made it.")
    reason: str = Field("", description="Why it brings that back.")
    acting_identity: str
    audience: Audience | None = Field(None, description="Who is told that it brings that back; null for nobody.")
    prepared: Instant
