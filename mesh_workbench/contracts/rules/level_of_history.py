"""Service levels that only the history of a product shows: its releases, runs, reads and probes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from mesh_workbench.contracts.durations import words
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.contracts.measure import Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.service_levels import deadline_of

WINDOW = timedelta(days=30)
"""How far back runs, reads and probes count."""


class LevelOfHistory:
    """One service level: how it is told from facts."""

    def __init__(
        self, level: str, told: Callable[[Promise, Facts, datetime], Step], description: str, example: str
    ) -> None:
        self.name = f"sla.{level}"
        self._told = told
        self.description = description
        self.example = example

    def step(self, promise: Promise, shape: Shape) -> Step:
        if promise.limit.problem:
            return Declined(promise.limit.problem, refused=True)
        return self._told(promise, shape.facts, shape.facts.now or datetime.now(UTC))


def _frequency(promise: Promise, facts: Facts, now: datetime) -> Step:
    if facts.releases is None:
        return Declined("nothing is known of releases here")
    moments = [*facts.releases, now]
    if len(moments) < 2:
        return Known(True, None, promise.limit.words(), "There is no release before.")
    gap = (moments[-1] - moments[-2]).total_seconds()
    kept = promise.limit.holds(gap)
    return Known(kept, round(gap), promise.limit.words(), f"The release before is {words(gap)} old.")


def _error_rate(promise: Promise, facts: Facts, now: datetime) -> Step:
    runs = [run for run in facts.runs or () if run.finished >= now - WINDOW]
    if facts.runs is None or not runs:
        return Declined("no run of the last 30 days is on record from which it could be told")
    failed = sum(not run.succeeded for run in runs)
    share = round(100 * failed / len(runs), 4)
    reason = f"{failed} of {len(runs)} runs failed in the last 30 days."
    return Known(promise.limit.holds(share), share, promise.limit.words(), reason)


def _availability(promise: Promise, facts: Facts, now: datetime) -> Step:
    probes = [probe for probe in facts.probes or () if probe.at >= now - WINDOW]
    if facts.probes is None or not probes:
        return Declined("no probe of the last 30 days is on record; a worker probes what promises to be available")
    reached = sum(probe.reached for probe in probes)
    share = round(100 * reached / len(probes), 4)
    reason = f"{reached} of {len(probes)} probes reached the port in the last 30 days."
    return Known(promise.limit.holds(share), share, promise.limit.words(), reason)


def _throughput(promise: Promise, facts: Facts, now: datetime) -> Step:
    reads = [read for read in facts.reads or () if read.at >= now - WINDOW and read.rows > 0 and read.duration_ms > 0]
    if facts.reads is None or not reads:
        return Declined("no read of the last 30 days is on record from which it could be told")
    rate = round(median(1000 * read.rows / read.duration_ms for read in reads), 3)
    reason = f"Half of {len(reads):,} reads of the last 30 days were served at {rate:,g} rows a second or more."
    return Known(promise.limit.holds(rate), rate, promise.limit.words(), reason)


def _time_of_availability(promise: Promise, facts: Facts, now: datetime) -> Step:
    deadline = deadline_of(promise.says, promise.unit)
    published = now if facts.publishing else (facts.releases or (None,))[-1]
    if published is None:
        return Declined("nothing is known of releases here")
    local = published.astimezone(deadline.zone)
    seen = f"{local:%H:%M:%S}"
    kept = local.time() <= deadline.at
    return Known(kept, seen, f"by {promise.says}", f"It is published at {seen}{local:%z}, {local:%Y-%m-%d}.")


LEVELS_OF_HISTORY = (
    LevelOfHistory(
        "frequency",
        _frequency,
        "The release before is no older than that when the next one is checked.",
        "slaProperties: [{property: frequency, value: 1, unit: d}]",
    ),
    LevelOfHistory(
        "timeOfAvailability",
        _time_of_availability,
        "It is published before that time of the day, in the zone that stands beside it, else in UTC.",
        "slaProperties: [{property: timeOfAvailability, value: 09:00 Europe/Berlin}]",
    ),
    LevelOfHistory(
        "errorRate",
        _error_rate,
        "The share of runs of the last 30 days that failed.",
        "slaProperties: [{property: errorRate, value: 5, unit: percent}]",
    ),
    LevelOfHistory(
        "availability",
        _availability,
        "The share of probes of the last 30 days that reached the release: every five minutes a worker tries whether "
        "all its files are there and open.",
        "slaProperties: [{property: availability, value: 99.9, unit: percent}]",
    ),
    LevelOfHistory(
        "throughput",
        _throughput,
        "The median speed at which the reads of the last 30 days were served.",
        "slaProperties: [{property: throughput, value: 10000, unit: rows/s}]",
    ),
)
