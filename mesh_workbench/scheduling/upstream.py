"""Schedules that wait for inputs: which releases are new to them, and which slots these make due.

What a schedule has acted on is kept with it (`seen`) and moves in the transaction that fires it, so that a release
never fires twice. The slots of the new releases are carried along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.model.names import ProductName
from mesh_workbench.model.release import Release
from mesh_workbench.model.schedule import Carry, Schedule, SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.scheduling.due import Due

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

MOST_RELEASES = 200
"""New releases of one input that are looked at; older ones count as seen with them."""


@dataclass(frozen=True)
class News:
    """What is due because of new releases, maybe nothing, and what is seen when it has been acted on."""

    due: list[Due]
    seen: dict[str, int]


def news(registry: Registry, schedule: Schedule, at: datetime) -> News:
    """The slots that new releases make due `at` a moment. An input that is new to the schedule is taken as seen."""
    version = registry.versions.newest(schedule.product_id)
    seen: dict[str, int] = {}
    fresh: dict[str, list[Release]] = {}
    newest: dict[str, int] = {}
    for upstream, majors in (majors_of(version) if version else {}).items():
        product_id = _product_id(registry, upstream)
        if upstream not in schedule.seen:
            seen[upstream] = newest_of(registry, product_id)
            fresh[upstream] = []
            continue
        seen[upstream] = schedule.seen[upstream]
        came = registry.releases.since(product_id, seen[upstream], MOST_RELEASES) if product_id else []
        newest[upstream] = came[-1].number if came else seen[upstream]
        fresh[upstream] = [release for release in came if not majors or release.major in majors]
    enough = all if schedule.after == "all" else any
    if not fresh or not enough(fresh.values()):
        return News([], seen)
    releases = sorted((one for each in fresh.values() for one in each), key=lambda release: release.published)
    why = {upstream: each[-1].number for upstream, each in fresh.items() if each}
    slots = [_slot_of(registry, release) for release in releases]
    times = _carried([slot for slot in slots if slot], schedule.carry)
    if not times:  # nothing to carry along: the run is about no interval, and its slot is the moment of the release
        times = [(releases[-1].published, releases[-1].published)]
    due = [Due(SlotTime(start=start, end=end, timezone=schedule.timezone), at, why) for start, end in times]
    return News(due, seen | newest)


def majors_of(version: ProductVersion) -> dict[str, set[int]]:
    """The input products of a version, with the major versions it relies on; an empty set means any."""
    found: dict[str, set[int]] = {}
    loose: set[str] = set()
    for read in version.inputs:
        upstream = ".".join(read.port.split(".")[:2])
        majors = found.setdefault(upstream, set())
        if read.version or read.relies_on is not None:
            majors.add(int(read.version.split(".")[0]) if read.version else read.relies_on or 0)
        else:
            loose.add(upstream)
    return {upstream: set() if upstream in loose else majors for upstream, majors in found.items()}


def seen_now(registry: Registry, version: ProductVersion) -> dict[str, int]:
    """The newest release of each input: what a schedule that begins to wait now has seen."""
    return {upstream: newest_of(registry, _product_id(registry, upstream)) for upstream in majors_of(version)}


def newest_of(registry: Registry, product_id: str | None) -> int:
    """The number of the newest release of a product; 0 when there is none."""
    return registry.releases.newest_number(product_id) if product_id else 0


def _product_id(registry: Registry, upstream: str) -> str | None:
    name = ProductName.parse(upstream)
    product = registry.products.get(name.domain, name.product)
    return product.id if product else None


def _slot_of(registry: Registry, release: Release) -> SlotTime | None:
    run = registry.runs.get(release.run_id)
    return run.slot if run and run.slot and run.slot.start < run.slot.end else None


def _carried(slots: Sequence[SlotTime], carry: Carry) -> list[tuple[datetime, datetime]]:
    """The intervals to run for, the oldest first. `slots` are in the order in which their releases came."""
    if not slots:
        return []
    if carry == "union":
        return [(min(slot.start for slot in slots), max(slot.end for slot in slots))]
    if carry == "last":
        return [(slots[-1].start, slots[-1].end)]
    return sorted({(slot.start, slot.end) for slot in slots})
