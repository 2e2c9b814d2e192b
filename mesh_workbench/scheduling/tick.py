"""tick: what schedules make due becomes slots, and runs.

Every worker ticks. One conditional update of a schedule's `next_fire` decides who fires it; the slot is recorded before
its run, and all of it in one transaction, so that a killed worker leaves either nothing or everything.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.run import PRIORITY, Run
from mesh_workbench.model.schedule import Schedule, Slot, SlotDecision, SlotState, SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.scheduling.cron import next_slot, slot_at

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

SCHEDULES, FIRES = 20, 50
"""Schedules in one tick, and fires of one schedule in one transaction: the next tick goes on."""

_log = logging.getLogger(__name__)


def tick(registry: Registry, *, by: str) -> list[Run]:
    """Fire every schedule that is due; the runs that were queued. `by` is who decides, for the record.

    When several fires of a schedule were missed, the latest slot runs and the older ones are recorded as missed.
    """
    queued = []
    for schedule in registry.schedules.due(limit=SCHEDULES):
        run = _fire(registry, schedule.product_id, by)
        if run is not None:
            queued.append(run)
    return queued


def parameters_hash(parameters: dict[str, JsonValue]) -> str:
    """What tells slots with different parameters apart; the order in which they are given does not matter."""
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:32]


def _fire(registry: Registry, product_id: str, by: str) -> Run | None:
    with registry.transaction():
        now = registry.now()
        schedule = registry.schedules.get(product_id)
        if schedule is None or schedule.paused or schedule.next_fire is None or schedule.next_fire > now:
            return None
        due, following = _due(schedule, schedule.next_fire, now)
        if not registry.schedules.advance(
            schedule.id, schedule.next_fire, following.end if following else None, revision=schedule.revision
        ):
            return None
        caught_up = following is None or following.end > now
        for slot in due[:-1] if caught_up else due:
            _decide(registry, schedule, slot, "missed", "It was due while no worker ran; a later slot runs.", by, now)
        return _run(registry, schedule, due[-1], by, now) if caught_up else None


def _due(schedule: Schedule, fire: datetime, now: datetime) -> tuple[list[SlotTime], SlotTime | None]:
    """The slots that are due, the oldest first, and the one after them."""
    due = [slot_at(schedule.cron, schedule.timezone, fire)]
    while True:
        following = next_slot(schedule, due[-1].end)
        if following is None or following.end > now or len(due) == FIRES:
            return due, following
        due.append(following)


def _run(registry: Registry, schedule: Schedule, slot: SlotTime, by: str, now: datetime) -> Run | None:
    product = registry.products.by_id(schedule.product_id)
    version = registry.versions.newest(schedule.product_id)
    if product is None or version is None or product.status is ProductStatus.RETIRED:
        reason = "The product is retired." if product and version else "The product has no version."
        _decide(registry, schedule, slot, "missed", reason, by, now)
        return None
    run = _new_run(schedule, version, slot, now)
    slot_id = _decide(registry, schedule, slot, "run", f"Its schedule: {schedule.words or schedule.cron}", by, now, run)
    if slot_id is None:
        return None
    registry.audit.add(
        AuditRecord(
            id=new_id("aud"),
            at=now,
            actor=schedule.acting_identity,
            action="run.request",
            target=schedule.product,
            detail={"run": run.id, "trigger": "schedule", "slot": slot.key},
        )
    )
    return registry.runs.add(run.model_copy(update={"slot_id": slot_id}))


def _new_run(schedule: Schedule, version: ProductVersion, slot: SlotTime, now: datetime) -> Run:
    return Run(
        id=new_id("run"),
        product=schedule.product,
        product_id=schedule.product_id,
        version=version.version,
        version_id=version.id,
        slot=slot,
        trigger="schedule",
        parameters=schedule.parameters,
        acting_identity=schedule.acting_identity,
        priority=PRIORITY["schedule"] if schedule.priority is None else schedule.priority,
        retry=schedule.retry,
        created=now,
    )


def _decide(
    registry: Registry,
    schedule: Schedule,
    slot: SlotTime,
    state: str,
    reason: str,
    by: str,
    now: datetime,
    run: Run | None = None,
) -> str | None:
    """Record the slot and what becomes of it; its id, or None when it was decided already."""
    recorded = registry.slots.ensure(
        Slot(
            id=new_id("slt"),
            product_id=schedule.product_id,
            schedule_key=schedule.id,
            start=slot.start,
            end=slot.end,
            timezone=slot.timezone,
            parameters_hash=parameters_hash(schedule.parameters),
        )
    )
    if recorded.state is not SlotState.DUE:
        _log.info("The slot %s of %s was decided before: %s", slot.key, schedule.product, recorded.state.value)
        return None
    decision = {"at": now, "state": state, "reason": reason, "run_id": run.id if run else None, "by": by}
    registry.slots.decide(recorded.id, SlotDecision.model_validate(decision))
    return recorded.id
