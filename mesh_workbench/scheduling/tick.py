"""tick: what schedules make due becomes slots, and runs.

Every worker ticks. One conditional update of a schedule's `next_fire` decides who fires it; each slot is recorded
before its run, and all of it in one transaction, so that a killed worker leaves either nothing or everything.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.errors import Conflict, MeshError, Unavailable
from mesh_workbench.model.base import new_id
from mesh_workbench.model.run import Run
from mesh_workbench.model.schedule import Schedule, Slot, SlotDecision, SlotState
from mesh_workbench.scheduling.due import Due, Verdict, due_by_time, judge
from mesh_workbench.scheduling.start import start
from mesh_workbench.scheduling.upstream import news

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

SCHEDULES = 20
"""Schedules in one tick: between two ticks a worker takes up runs."""

_log = logging.getLogger(__name__)


class Ticker:
    """Fires schedules. `by` is who decides, for the record."""

    def __init__(self, registry: Registry, *, by: str) -> None:
        self._registry, self._by = registry, by
        self._faulty: set[str] = set()
        """Ids of schedules that cannot be fired here, such as in a zone that this machine does not know."""

    def tick(self, now: datetime | None = None) -> list[Run]:
        """Fire what is due at `now` (the database's time for None), start what may start; the runs that were queued."""
        registry = self._registry
        found = [(one.product_id, one.id) for one in registry.schedules.due(now, SCHEDULES, without=self._faulty)]
        found += registry.slots.startable(SCHEDULES, without=self._faulty)
        runs = [self._attempt(product_id, schedule_id, now) for product_id, schedule_id in dict.fromkeys(found)]
        return [run for run in runs if run is not None]

    def rest_s(self) -> float | None:
        """Seconds until something fires; None when nothing will."""
        return self._registry.schedules.rest_s(without=self._faulty)

    def behind(self) -> bool:
        """Whether something is due, or waits and could start."""
        return self.rest_s() == 0 or bool(self._registry.slots.startable(1, without=self._faulty))

    def _attempt(self, product_id: str, schedule_id: str, now: datetime | None) -> Run | None:
        registry = self._registry
        try:
            with registry.transaction():
                moment = now or registry.now()
                schedule = registry.schedules.held(product_id, wait=False)
                if schedule is None:
                    return None
                if schedule.next_fire is not None and schedule.next_fire <= moment:
                    return fire(registry, schedule, by=self._by, now=moment)
                return start(registry, schedule, by=self._by, now=moment)
        except Unavailable:
            raise
        except MeshError as fault:  # the others must not wait for it
            _log.error("A schedule cannot be fired by this worker: %s", fault, exc_info=fault)
            self._faulty.add(schedule_id)
            return None


def fire(registry: Registry, schedule: Schedule, *, by: str, now: datetime) -> Run | None:
    """Record what is due of a schedule, up to a limit, and start what may start; the run that was queued.

    Belongs into a transaction that holds the schedule. Raises InvalidInput `schedule.*` when it cannot be read.
    """
    due = _after_inputs(registry, schedule, now) if schedule.after else _by_time(registry, schedule, now)
    recorded = [slot for verdict in due if registry.slots.record(slot := _slot_of(schedule, verdict, by, now))]
    waiting = [slot for slot in recorded if slot.state is SlotState.DUE]
    if len(waiting) == 1:  # several are being caught up, and wait for each other
        _overlap(registry, schedule, waiting[0], by, now)
    return start(registry, schedule, by=by, now=now)


def settle(registry: Registry, schedule: Schedule, *, by: str, now: datetime) -> Schedule:
    """Fire everything that is due of a schedule that is held, before it is changed; the schedule as it is then."""
    while schedule.next_fire is not None and schedule.next_fire <= now:
        fire(registry, schedule, by=by, now=now)
        moved = registry.schedules.get(schedule.product_id)
        if moved is None or moved.next_fire == schedule.next_fire:
            break
        schedule = moved
    return schedule


def parameters_hash(parameters: Mapping[str, JsonValue], due: Due | None = None, *, preset: str | None = None) -> str:
    """What tells slots with different parameters apart; the order in which they are given does not matter.

    Of a schedule that waits for inputs also what made the slot due: newer releases may be about the same interval.
    """
    told: object = dict(parameters)
    if preset is not None:
        told = [told, {"preset": preset}]
    if due is not None and due.releases:
        told = [told, due.releases, due.slot.end.isoformat()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _by_time(registry: Registry, schedule: Schedule, now: datetime) -> list[Verdict]:
    due, following = due_by_time(schedule, now)
    if not registry.schedules.advance(schedule, following):
        return []
    return judge(schedule, due, now, complete=following is None or following > now)


def _after_inputs(registry: Registry, schedule: Schedule, now: datetime) -> list[Verdict]:
    if schedule.why_paused(now):  # releases are not forgotten: they count when it goes on
        registry.schedules.advance(schedule, schedule.pause_ends(now))
        return []
    found = news(registry, schedule, schedule.next_fire or now)
    over = schedule.end is not None and schedule.end <= now
    if not registry.schedules.advance(schedule, None, seen=found.seen) or over:
        return []
    return judge(schedule, found.due, now, complete=True)


def _slot_of(schedule: Schedule, verdict: Verdict, by: str, now: datetime) -> Slot:
    due, state = verdict.due, verdict.state
    return Slot(
        id=new_id("slt"),
        product_id=schedule.product_id,
        schedule_key=schedule.id,
        start=due.slot.start,
        end=due.slot.end,
        timezone=due.slot.timezone,
        parameters_hash=parameters_hash(schedule.parameters, due, preset=schedule.preset),
        due=due.at,
        parameters=schedule.parameters,
        preset=schedule.preset,
        releases=due.releases,
        state=state,
        decisions=[]
        if state is SlotState.DUE
        else [SlotDecision.model_validate({"at": now, "state": state.value, "reason": verdict.reason, "by": by})],
    )


def _overlap(registry: Registry, schedule: Schedule, slot: Slot, by: str, now: datetime) -> None:
    """What the overlap policy makes of a slot that fell due while the run before goes on, or waits."""
    going = registry.slots.open_runs(schedule.id)
    before = [other for other in registry.slots.waiting(schedule.id) if other.id != slot.id]
    if schedule.overlap == "queue" or not (going or before):
        return
    if schedule.overlap == "skip":
        what = f"the run {going[-1]} of the slot before goes on" if going else "an earlier slot waits"
        registry.slots.decide(slot.id, SlotDecision(at=now, state="skipped", reason=f"It was due while {what}.", by=by))
        return
    for other in before:
        reason = f"The slot of {slot.start:%Y-%m-%d %H:%M} UTC took its place."
        registry.slots.decide(other.id, SlotDecision(at=now, state="skipped", reason=reason, by=by))
    for run_id in going:
        try:
            registry.runs.cancel_request(run_id)
        except Conflict:  # it has just ended
            _log.debug("The run %s ended before it could be cancelled.", run_id)
