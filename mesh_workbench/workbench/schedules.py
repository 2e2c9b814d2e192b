"""Schedules of the local workbench."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.lifecycle.take_over import take_over
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.product import Product
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview, Slot, SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.scheduling import fires
from mesh_workbench.scheduling.effects import held, of_change, of_stop
from mesh_workbench.scheduling.fitting import fitting
from mesh_workbench.scheduling.preview import awaited, planned
from mesh_workbench.scheduling.start import drop
from mesh_workbench.scheduling.tick import settle
from mesh_workbench.scheduling.upstream import seen_now
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.pauses import new_pause
from mesh_workbench.workbench.versions import LocalVersions


class LocalSchedules:
    """Implements `protocol.Schedules` on the registry.

    Before a schedule is changed, paused or removed, what is due of it is decided by the schedule as it was.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, name: str) -> Schedule | None:
        return self._context.registry.schedules.get(self._context.product(name).id)

    def set(self, name: str, draft: ScheduleDraft) -> Schedule:
        """Schedule a product, or change its schedule; a pause stays.

        Raises InvalidInput `schedule.*`, `duration.invalid` and `parameter.*`, before anything is stored.
        """
        context, registry = self._context, self._context.registry
        product = context.product(name, Action.SCHEDULE)
        version = LocalVersions(context).get(name)
        parameters = _checked(draft, name, version, registry.now())
        with registry.transaction():
            moment = registry.now()
            known = self._settled(product, moment)
            schedule = Schedule(
                **draft.model_dump(exclude={"parameters"}),
                parameters=parameters,
                id=known.id if known else new_id("sch"),
                product_id=product.id,
                product=product.full_name,
                paused=known.paused if known else False,
                pause=known.pause if known else None,
                seen={**seen_now(registry, version), **(known.seen if known else {})} if draft.after else {},
                acting_identity=context.identity.name,
                created=known.created if known else moment,
                revision=known.revision + 1 if known else 1,
                next_fire=_next_fire(draft, known, moment),
                words=fires.words(draft),
            )
            saved = registry.schedules.set(schedule)
            context.audit("schedule.set", name, **draft.model_dump(mode="json", exclude_defaults=True))
            return saved.model_copy(update={"notes": of_change(registry, saved, draft, moment)})

    def remove(self, name: str) -> Schedule:
        """Let a product run only when somebody asks; slots that wait are skipped. Raises NotFound `schedule.none`."""
        context, registry = self._context, self._context.registry
        with registry.transaction():
            schedule = self._existing(name)
            skipped = self._drop(schedule, f"The schedule was removed by {context.identity.name}.")
            registry.schedules.remove(schedule.product_id)
            context.audit("schedule.remove", name, skipped=skipped)
            return schedule.model_copy(update={"next_fire": None, "notes": of_stop(registry, schedule, skipped)})

    def pause(self, name: str, *, reason: str, until: datetime | None = None) -> Schedule:
        """Let nothing start by schedule, for good or `until` a time; what falls due meanwhile is skipped.

        Raises NotFound `schedule.none`, InvalidInput `schedule.pause-over`.
        """
        context, registry = self._context, self._context.registry
        with registry.transaction():
            schedule = self._existing(name)
            pause = new_pause(context, schedule.product, reason, until)
            skipped = self._drop(schedule, pause.words())
            saved = registry.schedules.set(schedule.model_copy(update={"paused": True, "pause": pause}))
            context.audit("schedule.pause", name, reason=reason, until=until.isoformat() if until else None)
            return saved.model_copy(update={"notes": of_stop(registry, schedule, skipped)})

    def resume(self, name: str) -> Schedule:
        """End the product's own pause. Raises NotFound `schedule.none`."""
        context, registry = self._context, self._context.registry
        with registry.transaction():
            schedule, moment = self._existing(name), registry.now()
            if schedule.paused and schedule.pause is not None:
                # Ended, not forgotten: what fell due in it may not have been decided yet.
                update: dict[str, object] = {"pause": schedule.pause.model_copy(update={"until": moment})}
                if schedule.after is not None:
                    update["next_fire"] = moment
                schedule = registry.schedules.set(schedule.model_copy(update=update))
            context.audit("schedule.resume", name)
            return schedule.model_copy(update={"notes": held(schedule, moment)})

    def take_over(self, product: Product) -> None:
        """Let the schedule of a product act on behalf of who promoted its newest version."""
        take_over(self._context.registry, product, self._context.identity.name)

    def slots(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[Slot]:
        return self._context.registry.slots.list(self._context.product(name).id, cursor, limit)

    def preview(
        self, draft: ScheduleDraft, *, count: int = 3, product: str | None = None, zone: str | None = None
    ) -> SchedulePreview:
        """The schedule in words with its next `count` slots, in `zone` (the schedule's own for None).

        For a `product` also the values of its parameters, the inputs it waits for, and what setting the schedule would
        do to slots that are due. Raises as `set`.
        """
        registry = self._context.registry
        moment = registry.now()
        fires.check(draft)
        version = LocalVersions(self._context).get(product) if product else None
        if version is not None:
            _checked(draft, version.product, version, moment)
        slots = planned(draft, version, moment, count=count, zone=zone or draft.timezone)
        known = self.get(product) if product else None
        return SchedulePreview(
            words=fires.words(draft),
            items=[slot.at for slot in slots],
            slots=slots,
            waits_for=awaited(registry, version, known.seen if known else None) if version and draft.after else [],
            notes=of_change(registry, known, draft, moment) if known else [],
        )

    def preview_with(self, draft: ScheduleDraft, analysis: NotebookAnalysis, name: ProductName) -> SchedulePreview:
        """The schedule with its next three slots for a notebook that is about to become the product `name`.

        Raises as `set`.
        """
        registry = self._context.registry
        moment = registry.now()
        _checked(draft, str(name), analysis, moment)
        product = registry.products.get(name.domain, name.product)
        known = registry.schedules.get(product.id) if product else None
        slots = planned(draft, analysis, moment, count=3, zone=draft.timezone)
        return SchedulePreview(
            words=fires.words(draft),
            items=[slot.at for slot in slots],
            slots=slots,
            notes=of_change(registry, known, draft, moment) if known else [],
        )

    def upcoming(self, name: str, *, count: int = 3, zone: str | None = None) -> SchedulePreview:
        """The next slots of the product's own schedule. Raises NotFound `schedule.none`."""
        schedule = self.get(name)
        if schedule is None:
            raise _none(name)
        found = self.preview(
            ScheduleDraft(**schedule.model_dump(include=set(ScheduleDraft.model_fields))),
            count=count,
            product=name,
            zone=zone,
        )
        return found.model_copy(update={"notes": held(schedule, self._context.registry.now())})

    def _existing(self, name: str) -> Schedule:
        """The schedule to change, held, with what is due of it decided."""
        context = self._context
        schedule = self._settled(context.product(name, Action.SCHEDULE), context.registry.now())
        if schedule is None:
            raise _none(name)
        return schedule

    def _settled(self, product: Product, moment: datetime) -> Schedule | None:
        registry = self._context.registry
        schedule = registry.schedules.held(product.id)
        return settle(registry, schedule, by=self._context.identity.name, now=moment) if schedule else None

    def _drop(self, schedule: Schedule, reason: str) -> int:
        registry = self._context.registry
        return drop(registry, schedule.id, reason, by=self._context.identity.name, now=registry.now())


def _checked(
    draft: ScheduleDraft, name: str, notebook: ProductVersion | NotebookAnalysis, moment: datetime
) -> dict[str, JsonValue]:
    """The parameters as a schedule keeps them, when the draft can work for that notebook. Raises as `set`."""
    fires.check(draft)
    if draft.after is not None and not notebook.inputs:
        raise InvalidInput(
            "schedule.no-inputs",
            f"{name} reads no other product, so there is nothing whose releases it could wait for.",
            hint="Give cron or every; or read inputs with mesh.read or %%mesh, and promote it again.",
        )
    slot = fires.next_slot(draft, moment) or SlotTime(start=moment, end=moment, timezone=draft.timezone)
    return fitting(draft, notebook, slot)


def _next_fire(draft: ScheduleDraft, known: Schedule | None, moment: datetime) -> datetime | None:
    """When it fires next; a schedule that waited for inputs before goes on waiting for those that have come."""
    if draft.after is None:
        return fires.next_fire(draft, moment)
    return known.next_fire if known and known.after else None


def _none(name: str) -> NotFound:
    return NotFound("schedule.none", f"{name} has no schedule.", hint=f"Set one: mesh schedule set {name} --cron …")
