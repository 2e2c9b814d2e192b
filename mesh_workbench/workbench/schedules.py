"""Schedules of the local workbench."""

from __future__ import annotations

from datetime import datetime

from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview
from mesh_workbench.notebooks.parameters import validate
from mesh_workbench.scheduling.cron import next_slot, words
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.versions import LocalVersions


class LocalSchedules:
    """Implements `protocol.Schedules` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, name: str) -> Schedule | None:
        return self._context.registry.schedules.get(self._context.product(name).id)

    def set(self, name: str, draft: ScheduleDraft) -> Schedule:
        """Schedule a product, or change its schedule. Raises InvalidInput `schedule.*` and `parameter.*`."""
        context, registry = self._context, self._context.registry
        product = context.product(name, Action.SCHEDULE)
        parameters = validate(LocalVersions(context).get(name).parameters, draft.parameters)
        if draft.start and draft.end and draft.end <= draft.start:
            raise InvalidInput(
                "schedule.ends-before-start", "The schedule ends before it starts.", hint="Swap the two."
            )
        with registry.transaction():
            known = registry.schedules.get(product.id)
            moment = registry.now()
            schedule = Schedule(
                **draft.model_dump(exclude={"parameters"}),
                parameters=parameters if draft.parameters else {},
                id=known.id if known else new_id("sch"),
                product_id=product.id,
                product=product.full_name,
                next_fire=_next_fire(draft, moment),
                acting_identity=context.identity.name,
                created=known.created if known else moment,
                revision=known.revision + 1 if known else 1,
                words=words(draft.cron, draft.timezone),
            )
            saved = registry.schedules.set(schedule)
            context.audit("schedule.set", name, cron=draft.cron, timezone=draft.timezone)
        return saved

    def pause(self, name: str, *, reason: str) -> Schedule:
        return self._change(name, "schedule.pause", paused=True, pause_reason=reason)

    def resume(self, name: str) -> Schedule:
        return self._change(name, "schedule.resume", paused=False, pause_reason="")

    def preview(self, draft: ScheduleDraft, *, count: int = 3) -> SchedulePreview:
        """The schedule in words with its next `count` fire times. Raises InvalidInput `schedule.*`."""
        fires: list[datetime] = []
        following = _next_fire(draft, self._context.registry.now())
        while following is not None and len(fires) < count:
            fires.append(following)
            following = _next_fire(draft, following)
        return SchedulePreview(words=words(draft.cron, draft.timezone), items=fires)

    def take_over(self, product: Product) -> None:
        """Let the schedule of a product act on behalf of who promoted its newest version.

        Nobody's rights, and nobody's worker, run what somebody else wrote: a schedule runs the newest version.
        """
        context, registry = self._context, self._context.registry
        known = registry.schedules.get(product.id)
        if known is not None and known.acting_identity != context.identity.name:
            registry.schedules.set(known.model_copy(update={"acting_identity": context.identity.name}))
            context.audit("schedule.take-over", product.full_name, before=known.acting_identity)

    def _change(self, name: str, action: str, *, paused: bool, pause_reason: str) -> Schedule:
        context, registry = self._context, self._context.registry
        product = context.product(name, Action.SCHEDULE)
        with registry.transaction():
            known = registry.schedules.get(product.id)
            if known is None:
                raise NotFound(
                    "schedule.none", f"{name} has no schedule.", hint=f"Set one: mesh schedule set {name} --cron …"
                )
            update: dict[str, object] = {"paused": paused, "pause_reason": pause_reason, "revision": known.revision + 1}
            if known.paused and not paused:  # what fell due during the pause stays undone; the next fire is ahead
                update["next_fire"] = _next_fire(known, registry.now())
            saved = registry.schedules.set(known.model_copy(update=update))
            context.audit(action, name, reason=pause_reason)
        return saved


def _next_fire(draft: ScheduleDraft, after: datetime) -> datetime | None:
    slot = next_slot(draft, after)
    return slot.end if slot else None
