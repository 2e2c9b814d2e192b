"""Retention: what runs leave behind, how long it is kept, and what was removed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Instant, Value

Remains = Literal["folder", "staging", "quarantine", "log"]
"""What a run leaves behind: its whole folder; rows that were not published, with the kernel's working directory; rows
that broke a promise; what was printed."""


class PastRun(Value):
    """A run that is over, as far as what it left behind is concerned."""

    run_id: str
    product_id: str
    product: str
    failed: bool
    finished: Instant
    released: bool = Field(description="Whether a release refers to it: its executed notebook stays then.")


class Removal(Value):
    """Something that retention removed."""

    run_id: str
    kind: Remains
    at: Instant
    reason: str = Field(examples=["older than 90 days"])
    bytes: int = Field(0, description="What it took on disk.")


class RemovedRelease(Value):
    """A release that retention removed: from then on nobody reads it."""

    product: str = Field(examples=["flight_ops.flights"])
    release: int
    published: Instant
    at: Instant
    reason: str = Field(examples=["more than 30 days after the next one"])


class Tidied(Value):
    """What keeping house removed, or would remove."""

    dry_run: bool
    items: list[Removal] = Field(default_factory=list, description="The oldest runs first.")
    bytes: int = Field(0, description="What all of them took on disk.")
    releases: list[RemovedRelease] = Field(
        default_factory=list, description="Releases that nobody reads from now on; their files go after a while."
    )
    files: int = Field(0, description="Files of releases removed before, which no release needs.")
    file_bytes: int = Field(0, description="What those took.")
    log_entries: int = Field(0, description="Entries of Delta logs that only removed releases needed.")
    reads: int = Field(0, description="Records of the log of reads; their sums by day stay.")
    spared: int = Field(0, description="Things that are past their limit and stay, because something refers to them.")
    stuck: list[str] = Field(default_factory=list, description="What could not be removed, and why.")
