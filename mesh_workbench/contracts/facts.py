"""What is known about a product beyond its data: handed in by whoever checks, because contracts know no registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RunFact:
    """A run that came to its end, and whether it did what it should."""

    finished: datetime
    succeeded: bool


@dataclass(frozen=True)
class ReadFact:
    """A read of the port: how many rows were served in how many milliseconds."""

    at: datetime
    rows: int
    duration_ms: float


@dataclass(frozen=True)
class ProbeFact:
    """A try to reach the port."""

    at: datetime
    reached: bool


@dataclass(frozen=True)
class Facts:
    """History of a product, the oldest first; None where nobody recorded it. All moments are in UTC.

    `now` is the moment to compare with, the clock's when None. `publishing` tells that what is checked would be
    released at that moment.
    """

    now: datetime | None = None
    publishing: bool = False
    releases: tuple[datetime, ...] | None = None
    runs: tuple[RunFact, ...] | None = None
    reads: tuple[ReadFact, ...] | None = None
    probes: tuple[ProbeFact, ...] | None = None
