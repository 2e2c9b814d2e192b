"""backfill: a range of time becomes slots, and a few at a time their runs.

Every worker looks after backfills when it ticks. One holds a backfill for a moment, sees how many of its runs go on,
and begins the next slots in the same transaction: no slot is begun twice, and a killed worker leaves nothing half.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.backfill import Backfill, BackfillRequest, BackfillState, PlannedSlot
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import PRIORITY, Run
from mesh_workbench.model.schedule import ScheduleDraft, Slot, SlotDecision, SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.scheduling import fires
from mesh_workbench.scheduling.expressions import filled
from mesh_workbench.scheduling.tick import parameters_hash

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

MOST_SLOTS = 10_000
"""Slots of one backfill."""


def slots_between(cut: ScheduleDraft, start: datetime, end: datetime, now: datetime) -> list[SlotTime]:
    """The slots from the one that contains `start` on that begin before `end` and are over at `now`, oldest first.

    Raises InvalidInput `backfill.no-slots` when there is none, `backfill.too-many`, and as `fires.slot_containing`.
    """
    if end <= start:
        raise InvalidInput("backfill.ends-before-start", "The range ends before it begins.", hint="Swap the two.")
    found: list[SlotTime] = []
    slot = fires.slot_containing(cut, start)
    while slot.start < end and slot.end <= now:
        if len(found) == MOST_SLOTS:
            raise InvalidInput(
                "backfill.too-many",
                f"The range holds more than {MOST_SLOTS:,} slots.",
                hint=f"Do it in parts: the first could end at {slot.start:%Y-%m-%d %H:%M} UTC.",
            )
        found.append(slot)
        slot = fires.slot_containing(cut, slot.end)
    if not found:
        raise InvalidInput(
            "backfill.no-slots",
            f"No slot between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC is over yet.",
            hint=f"The first one ends {slot.end:%Y-%m-%d %H:%M} UTC.",
        )
    return found


def planned(
    request: BackfillRequest,
    slots: Sequence[SlotTime],
    version: ProductVersion,
    released: Collection[str],
) -> list[PlannedSlot]:
    """The slots in the order in which they run, with their parameters. `released` are keys of published slots.

    Raises InvalidInput `schedule.*` and `parameter.*` when the parameters do not fit.
    """
    ordered = slots if request.order == "oldest" else list(reversed(slots))
    missing = request.only == "missing"
    under = with_preset(version.presets, request.preset, {})
    return [
        PlannedSlot(
            slot=slot,
            skipped="It is published already." if missing and slot.key in released else "",
            parameters=filled(request.parameters, version.parameters, slot, under),
        )
        for slot in ordered
    ]


def look_after(registry: Registry, *, by: str) -> list[Run]:
    """Begin what may begin of all backfills, and end those that are over; the runs that were queued."""
    begun: list[Run] = []
    for backfill_id in registry.backfills.running():
        with registry.transaction():
            backfill = registry.backfills.held(backfill_id, wait=False)
            if backfill is not None and backfill.state is BackfillState.RUNNING:
                begun += _go_on(registry, backfill, by)
    return begun


def _go_on(registry: Registry, backfill: Backfill, by: str) -> list[Run]:
    now = registry.now()
    if reason := _why_stop(registry, backfill):
        registry.backfills.change(backfill, state=BackfillState.PAUSED, reason=reason)
        return []
    free = backfill.concurrency - len(registry.backfills.going(backfill.id))
    begun: list[Run] = []
    while len(begun) < free and (waiting := registry.backfills.waiting(backfill.id, 1)):
        [(position, slot)] = waiting
        run = _begin(registry, backfill, position, slot, by, now)
        if run is not None:
            begun.append(run)
    if not begun and not registry.backfills.going(backfill.id) and not registry.backfills.waiting(backfill.id, 1):
        registry.backfills.change(backfill, state=BackfillState.DONE, finished=now)
    return begun


def _why_stop(registry: Registry, backfill: Backfill) -> str:
    product = registry.products.by_id(backfill.product_id)
    if product is None or product.status is ProductStatus.RETIRED:
        return "The product is retired."
    most = backfill.stop_after
    if most and registry.backfills.failed_in_a_row(backfill.id, backfill.resumed, most) >= most:
        return f"{most} of its runs failed in a row." if most > 1 else "A run failed."
    return ""


def _begin(registry: Registry, backfill: Backfill, position: int, slot: SlotTime, by: str, now: datetime) -> Run | None:
    """Record the slot, decide that it runs, queue its run; None when its version cannot take the parameters."""
    version = registry.versions.by_id(backfill.version_id)
    try:
        if version is None:
            raise InvalidInput("backfill.no-version", f"Version {backfill.version} is gone.", hint="Begin a new one.")
        under = with_preset(version.presets, backfill.preset, {})
        parameters = filled(backfill.parameters, version.parameters, slot, under)
    except InvalidInput as refusal:
        registry.backfills.drop(backfill.id, str(refusal), position=position)
        return None
    recorded = registry.slots.ensure(
        Slot(
            id=new_id("slt"),
            product_id=backfill.product_id,
            schedule_key=backfill.schedule_key,
            start=slot.start,
            end=slot.end,
            timezone=slot.timezone,
            parameters_hash=parameters_hash(backfill.parameters, preset=backfill.preset),
            parameters=backfill.parameters,
            preset=backfill.preset,
        )
    )
    run = Run(
        id=new_id("run"),
        product=backfill.product,
        product_id=backfill.product_id,
        version=backfill.version,
        version_id=backfill.version_id,
        slot=slot,
        slot_id=recorded.id,
        trigger="backfill",
        parameters=parameters,
        acting_identity=backfill.acting_identity,
        priority=PRIORITY["backfill"],
        forced=backfill.force,
        backfill_id=backfill.id,
        created=now,
    )
    reason = f"The backfill {backfill.id}."
    decision = SlotDecision(at=now, state="run", reason=reason, run_id=run.id, by=by)
    registry.slots.decide(recorded.id, decision, again=True)
    registry.runs.add(run)
    registry.backfills.begin(backfill.id, position, run.id)
    return run
