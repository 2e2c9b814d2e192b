"""tidy: remove what runs left behind and nobody needs any more, by age, number and size, and old records of reads.

Kept whatever the limits say: everything of a run that goes on or is being published, everything of the newest failed
runs of a product, and of a run behind a release its folder with the executed notebook. Check reports are in the
registry and stay; the failing rows that they show go with the quarantine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from mesh_workbench.lifecycle import remains
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.retention import PastRun, Remains, Removal, Tidied
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

_BATCH = 200
"""Runs in one transaction: renaming what they left takes some milliseconds."""
_GIB = 1 << 30
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """How much of one kind is kept: for how many days, of how many runs of a product, how many GiB in all. 0 is no
    limit; the first one that is reached counts."""

    days: float = 0.0
    count: int = 0
    gib: float = 0.0


@dataclass(frozen=True)
class Retention:
    """What is kept: a limit for each kind, and how many failed runs of each product keep everything."""

    limits: dict[Remains, Limit]
    failed_runs: int
    reads_days: float = 0.0
    """For how long the log of reads is kept; 0 is for ever."""


def retention_of(settings: Settings) -> Retention:
    """What the settings of a workbench say."""
    values = settings.model_dump(include={f"{kind}_{unit}" for kind in get_args(Remains) for unit in _UNITS})
    limits = {kind: Limit(**{unit: values[f"{kind}_{unit}"] for unit in _UNITS}) for kind in get_args(Remains)}
    return Retention(limits, settings.failed_runs_kept, settings.reads_days)


_UNITS = ("days", "count", "gib")


def tidy(
    registry: Registry,
    storage: Storage,
    retention: Retention,
    *,
    by: str,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Tidied:
    """Removes what is past its limit and writes it down, in the audit trail too, as done `by` somebody.

    With `dry_run` nothing is changed. `stop` is asked between batches. Killed at any moment, everything is either
    there or written down as removed when it has run again. Raises Conflict `tidy.busy`, Unavailable `storage.*`.
    """
    reads = _cut_reads(registry, retention.reads_days, by, dry_run=dry_run)
    runs = storage.runs
    with storage.faults(runs):
        if not runs.is_dir():
            return Tidied(dry_run=dry_run, reads=reads)
        plan = _Plan(registry, runs, retention)
        due = [*plan.due()]
        if dry_run:
            return _told(due, plan.spared, dry_run=True, reads=reads)
        with remains.bin_of(runs) as place:
            _empty(registry, runs, place)
            done: list[Removal] = []
            stuck: list[str] = []
            for start in range(0, len(due), _BATCH):
                done += _remove(registry, runs, place, due[start : start + _BATCH], by, stuck)
                if stop():
                    break
    return _told(done, plan.spared, stuck=stuck, reads=reads)


class _Plan:
    """What is past its limit, the oldest first, and how much of that is spared."""

    def __init__(self, registry: Registry, runs: Path, retention: Retention) -> None:
        self._runs, self._limits = runs, retention.limits
        self._now = registry.now()
        there = {entry.name for entry in runs.iterdir()}
        past = registry.removals.past_runs()
        self._protected = set(newest_failed(past, retention.failed_runs))
        self._past = [run for run in past if run.run_id in there]
        self._size = cache(self._measure)
        self.spared = 0

    def due(self) -> list[Removal]:
        found: dict[str, dict[Remains, Removal]] = {}
        for kind in remains.PARTS:  # folders come last: what else goes is taken off them
            for run, reason in self._past_limit(kind, self._limits[kind], found):
                if run.run_id in self._protected:
                    self.spared += 1
                    continue
                size = self._size(run.run_id, kind)
                removal = Removal(run_id=run.run_id, kind=kind, at=self._now, reason=reason, bytes=size)
                if kind == "folder":
                    found[run.run_id] = {}
                found.setdefault(run.run_id, {})[kind] = removal
        return [removal for run_id in sorted(found) for removal in found[run_id].values()]

    def _past_limit(
        self, kind: Remains, limit: Limit, found: dict[str, dict[Remains, Removal]]
    ) -> Iterator[tuple[PastRun, str]]:
        """Runs of which this kind is past its limit, with the reason."""
        if limit == Limit():
            return
        oldest = self._now - timedelta(days=limit.days) if limit.days else None
        of_product: dict[str, int] = {}
        kept: list[PastRun] = []
        taken = 0
        for run in self._past:
            if not self._may_go(run, kind, oldest if limit.count == 0 and limit.gib == 0 else None):
                continue
            number = of_product[run.product_id] = of_product.get(run.product_id, 0) + 1
            if oldest is not None and run.finished < oldest:
                yield run, f"older than {limit.days:g} days"
            elif limit.count and number > limit.count:
                yield run, f"more than {limit.count} runs of the product"
            else:
                kept.append(run)
        if limit.gib:
            for run in sorted(kept, key=lambda run: run.finished, reverse=True):
                gone = sum(removal.bytes for removal in found.get(run.run_id, {}).values())
                taken += self._size(run.run_id, kind) - (gone if kind == "folder" else 0)
                if taken > limit.gib * _GIB:
                    yield run, f"more than {limit.gib:g} GiB in all"

    def _may_go(self, run: PastRun, kind: Remains, before: datetime | None) -> bool:
        """Whether there is something of this kind to keep or to remove; younger runs are not looked at in vain."""
        if before is not None and run.finished >= before:
            return False
        if kind == "folder":
            return not run.released
        return remains.holds(self._runs / run.run_id, kind)

    def _measure(self, run_id: str, kind: Remains) -> int:
        return remains.bytes_of(self._runs / run_id, kind)


def newest_failed(past: Sequence[PastRun], most: int) -> Iterator[str]:
    """Ids of the newest failed runs of each product, `most` of each."""
    seen: dict[str, int] = {}
    for run in past:
        if run.failed:
            seen[run.product_id] = seen.get(run.product_id, 0) + 1
            if seen[run.product_id] <= most:
                yield run.run_id


def _remove(
    registry: Registry, runs: Path, place: Path, due: Sequence[Removal], by: str, stuck: list[str]
) -> list[Removal]:
    """Renames into the bin and writes down, in one transaction during which no run can be tried again; then deletes."""
    done: list[Removal] = []
    taken: list[Path] = []
    with registry.transaction():
        over = registry.removals.hold(sorted({removal.run_id for removal in due}))
        for removal in due:
            if removal.run_id not in over:
                continue
            try:
                taken += remains.take_away(runs / removal.run_id, removal.kind, place)
            except OSError as error:
                stuck.append(f"{removal.kind} of {removal.run_id}: {error.strerror or error}")
            else:
                done.append(removal)
        if done:
            registry.removals.record(done)
            registry.reports.forget_rows([one.run_id for one in done if one.kind in ("quarantine", "folder")])
            registry.audit.add(_audit(registry, done, by))
    for path in taken:
        _delete(path, stuck)
    return done


def _audit(registry: Registry, done: Sequence[Removal], by: str) -> AuditRecord:
    numbers = {kind: sum(removal.kind == kind for removal in done) for kind in remains.PARTS}
    return AuditRecord(
        id=new_id("aud"),
        at=registry.now(),
        actor=by,
        action="house.tidy",
        target="run folders",
        detail={
            "removed": {kind: number for kind, number in numbers.items() if number},
            "bytes": sum(removal.bytes for removal in done),
            "first": done[0].run_id,
            "last": done[-1].run_id,
        },
    )


def _empty(registry: Registry, runs: Path, place: Path) -> None:
    """What somebody who was killed left in the bin is deleted when it was written down, and else goes back."""
    stuck: list[str] = []
    for entry in place.iterdir():
        origin = remains.origin_of(entry, runs)
        if origin is not None:
            run_id, kind, former = origin
            written_down = any(removal.kind == kind for removal in registry.removals.of(run_id))
            if not written_down and not former.exists() and former.parent.is_dir():
                entry.rename(former)
                continue
        _delete(entry, stuck)


def _delete(path: Path, stuck: list[str]) -> None:
    try:
        remains.delete(path)
    except OSError as error:
        stuck.append(f"{path}: {error.strerror or error}")
        _log.warning("%s could not be deleted: %s", path, error)


def _cut_reads(registry: Registry, days: float, by: str, *, dry_run: bool) -> int:
    """Forget the log of reads older than `days` days, and write that down; how many records that is."""
    if not days:
        return 0
    before = registry.now() - timedelta(days=days)
    if dry_run:
        return registry.reads.count(before)
    with registry.transaction():
        cut = registry.reads.cut(before)
        if cut:
            registry.audit.add(
                AuditRecord(
                    id=new_id("aud"),
                    at=registry.now(),
                    actor=by,
                    action="house.tidy",
                    target="log of reads",
                    detail={"removed": {"reads": cut}, "before": before.isoformat()},
                )
            )
    return cut


def _told(
    removals: Sequence[Removal], spared: int, *, dry_run: bool = False, stuck: Sequence[str] = (), reads: int = 0
) -> Tidied:
    return Tidied(
        dry_run=dry_run,
        items=[*removals],
        bytes=sum(removal.bytes for removal in removals),
        reads=reads,
        spared=spared,
        stuck=[*stuck],
    )
