"""Slots that are due become runs: one at a time for each schedule, the oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.run import PRIORITY, Run
from mesh_workbench.model.schedule import Schedule, Slot, SlotDecision
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.scheduling.due import too_late
from mesh_workbench.scheduling.expressions import filled

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def start(registry: Registry, schedule: Schedule, *, by: str, now: datetime) -> Run | None:
    """Queue the run of the first slot that waits and may run; those before it that may not are decided too.

    None when none waits, or a run of the schedule goes on. Belongs into a transaction that holds the schedule.
    """
    if registry.slots.open_runs(schedule.id):
        return None
    for slot in registry.slots.waiting(schedule.id):
        run = _start(registry, schedule, slot, by, now)
        if run is not None:
            return run
    return None


def drop(registry: Registry, schedule_id: str, reason: str, *, by: str, now: datetime) -> int:
    """Decide that the slots of a schedule that wait are skipped; how many there were."""
    waiting = registry.slots.waiting(schedule_id)
    for slot in waiting:
        registry.slots.decide(slot.id, SlotDecision(at=now, state="skipped", reason=reason, by=by))
    return len(waiting)


def _start(registry: Registry, schedule: Schedule, slot: Slot, by: str, now: datetime) -> Run | None:
    def decide(state: str, reason: str, run: Run | None = None) -> None:
        decision = {"at": now, "state": state, "reason": reason, "run_id": run.id if run else None, "by": by}
        registry.slots.decide(slot.id, SlotDecision.model_validate(decision))

    product = registry.products.by_id(schedule.product_id)
    version = registry.versions.newest(schedule.product_id)
    if reason := schedule.why_paused(now):
        decide("skipped", reason)
    elif reason := too_late(schedule, slot.due or slot.end, now):
        decide("missed", reason)
    elif product is None or version is None:
        decide("missed", "The product has no version.")
    elif product.status is ProductStatus.RETIRED:
        decide("missed", "The product is retired.")
    else:
        try:
            run = _run(schedule, version, slot, now)
        except InvalidInput as refusal:  # the newest version takes other parameters than the schedule gives
            decide("missed", f"Its parameters do not fit version {version.version}: {refusal}")
            return None
        beside, why = _beside(registry, product, schedule, version, slot, now)
        decide("run", f"{_why(schedule, slot)}{why}", run)
        for one in (run, *beside):
            _audit(registry, one, slot, now)
        queued, *_ = [registry.runs.add(one) for one in (run, *beside)]
        return queued
    return None


def _beside(
    registry: Registry, product: Product, schedule: Schedule, version: ProductVersion, slot: Slot, now: datetime
) -> tuple[list[Run], str]:
    """Runs of older major versions that go on until their sunset, and what to say of them."""
    found, said = [], ""
    for old in product.majors:
        goes_on = old.scheduled and not old.over(now) and old.major != version.major
        newest = registry.versions.newest_of(product.id, old.major) if goes_on else None
        if newest is None:
            continue
        try:
            found.append(_run(schedule, newest, slot, now))
            said += f" Version {newest.version} goes on beside it."
        except InvalidInput as refusal:
            said += f" Its parameters do not fit version {newest.version}, which does not run beside it: {refusal}"
    return found, said


def _run(schedule: Schedule, version: ProductVersion, slot: Slot, now: datetime) -> Run:
    return Run(
        id=new_id("run"),
        product=schedule.product,
        product_id=schedule.product_id,
        version=version.version,
        version_id=version.id,
        slot=slot.time,
        slot_id=slot.id,
        trigger="schedule",
        parameters=filled(
            slot.parameters, version.parameters, slot.time, with_preset(version.presets, slot.preset, {})
        ),
        acting_identity=schedule.acting_identity,
        priority=PRIORITY["schedule"] if schedule.priority is None else schedule.priority,
        retry=schedule.retry,
        created=now,
    )


def _why(schedule: Schedule, slot: Slot) -> str:
    if slot.releases:
        return f"New releases: {', '.join(f'{product} {number}' for product, number in slot.releases.items())}."
    return f"Its schedule: {schedule.words}"


def _audit(registry: Registry, run: Run, slot: Slot, now: datetime) -> None:
    registry.audit.add(
        AuditRecord(
            id=new_id("aud"),
            at=now,
            actor=run.acting_identity,
            action="run.request",
            target=run.product,
            detail={"run": run.id, "trigger": "schedule", "slot": run.slot.key if run.slot else slot.id},
        )
    )
