"""Queries: what was asked, and exactly what was read to answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field, JsonValue

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.schedule import SlotTime

if TYPE_CHECKING:
    import pyarrow


class SlotFiles(Value):
    """Those files of a port that are about one slot, or about none."""

    slot: SlotTime | None = None
    files: list[int] = Field(description="Their places among the port's files, from 0.")
    rows: int
    bytes: int


class ResolvedPort(Value):
    """A name in a statement, resolved to one release, with what is needed to read it.

    It stands in `run.json`, and a kernel may have an older version of this package: what it does not know is ignored.
    """

    model_config = ConfigDict(extra="ignore")

    name: str = Field(description="As written.", examples=["flight_ops.flights"])
    product: str = Field(examples=["flight_ops.flights"])
    product_id: str
    port: str
    release: int
    version: str
    published: Instant
    rows: int
    bytes: int = 0
    table: str = Field(description="Location of the Delta table.")
    delta_version: int
    files: list[str] = Field(description="Absolute locations of its Parquet files.")
    slots: list[SlotFiles] = Field(default_factory=list, description="Which of the files are about which slot.")
    slot: str = Field("", description="The slots that are read, as asked for; all when empty.", examples=["2013-01"])
    arrow_schema: str = Field(description="Arrow schema, IPC-serialised, base64.")
    access: str = Field("", description="Why the asker may read it.", examples=["everyone may read it"])
    timed: bool = Field(False, description="Whether the statement itself says at which time it is read.")
    warnings: list[str] = Field(default_factory=list, description="In words: superseded, late, kept partly.")


class ReadSource(Value):
    """One line of a provenance: a name at a release."""

    name: str = Field(description="As first written.")
    port: str
    release: int
    version: str
    rows: int
    slot: str = Field("", description="The slots that were read, as asked for; all when empty.", examples=["2013-01"])
    access: str = Field("", description="Why the asker might read it.")
    timed: bool = Field(False, description="Whether the statement itself said at which time.")


class LocalSource(Value):
    """A frame of the asker's own that a statement read beside products."""

    name: str = Field(description="The variable.", examples=["watchlist"])
    rows: int


class Provenance(Value):
    """Exactly what an answer was made from."""

    moment: Instant = Field(description="The one moment that all names were resolved at.")
    sources: list[ReadSource] = Field(default_factory=list)
    frames: list[LocalSource] = Field(default_factory=list, description="Frames of the asker's own, kept nowhere.")
    warnings: list[str] = Field(default_factory=list)

    @property
    def releases(self) -> dict[str, int]:
        """What to ask for to read the same again: `QueryRequest.releases`, or each name with `mesh.read(release=…)`."""
        return {source.name: source.release for source in self.sources if not source.timed}

    @property
    def slots(self) -> dict[str, str]:
        """Beside `releases`, `QueryRequest.slots`: of each name that was read for one slot only, which one."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            if not source.timed:
                found.setdefault(source.name, set()).add(source.slot)
        return {name: one for name, of in found.items() if len(of) == 1 and (one := min(of))}


class QueryRequest(Value):
    """A question in SQL."""

    statement: str = Field(examples=["SELECT carrier, count(*) FROM flight_ops.flights GROUP BY carrier"])
    parameters: dict[str, JsonValue] = Field(default_factory=dict, description="Values of $name, bound.")
    as_of: Instant | None = Field(None, description="Moment to read at; now when null.")
    releases: dict[str, int] = Field(
        default_factory=dict,
        max_length=100,
        description="Releases to read by name, as written; they go before `as_of`. Those of a provenance give the same "
        "rows again.",
        examples=[{"flight_ops.flights": 3}],
    )
    slots: dict[str, str] = Field(
        default_factory=dict,
        max_length=100,
        description="What the data shall be about, by name as written: 2013, 2013-01, 2013-01-15, a moment or A/B.",
        examples=[{"flight_ops.flights": "2013-01"}],
    )
    limit: int = Field(10_000, ge=1, le=1_000_000, description="Rows at most.")
    purpose: str = Field("", max_length=200, description="What for, kept in the log of reads.", examples=["audit"])


class RowsPage(Value):
    """Rows for display: small, JSON-compatible, with the types beside."""

    columns: list[str]
    types: list[str] = Field(description="DuckDB's names of the types.")
    rows: list[list[JsonValue]]
    total: int | None = Field(None, description="Rows in all, where known.")
    truncated: bool = False
    next: str | None = Field(None, description="Cursor of the rows after these, where one can go on.")
    provenance: Provenance


def _nothing_to_cancel() -> None:
    """For answers that are complete already."""


@dataclass(frozen=True)
class Answer:
    """An answer as a stream of Arrow batches, with what it was made from.

    Who receives it reads `reader` once and closes it. `cancel` stops a running query, from any thread; dropping the
    reader does the same. Answers with the same `tag` are the same; it is None when time or chance have a part in it.
    `known` says that the asker has this answer already: nothing was computed, and the reader is empty.
    """

    reader: pyarrow.RecordBatchReader
    provenance: Provenance
    cancel: Callable[[], None] = _nothing_to_cancel
    tag: str | None = None
    known: bool = False
