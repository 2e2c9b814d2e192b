"""Backfills of the local workbench."""

from __future__ import annotations

import logging

from mesh_workbench.errors import Conflict, InvalidInput, NotFound
from mesh_workbench.model.access import Action
from mesh_workbench.model.backfill import Backfill, BackfillPlan, BackfillRequest, BackfillSlot, BackfillState
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.schedule import MANUAL, Schedule, ScheduleDraft
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.scheduling import fires
from mesh_workbench.scheduling.backfill import planned, slots_between
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.versions import LocalVersions

_log = logging.getLogger(__name__)


class LocalBackfills:
    """Implements `protocol.Backfills` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def plan(self, request: BackfillRequest) -> BackfillPlan:
        """What it would do; stores nothing.

        Raises NotFound `product.unknown`, `version.unknown`; Conflict `product.retired`; InvalidInput `backfill.*`,
        `schedule.*` and `parameter.*`.
        """
        return self._plan(request, Action.DISCOVER)[0]

    def begin(self, request: BackfillRequest) -> Backfill:
        """Record it; workers begin its runs, a few at a time. Raises as `plan`, and Conflict `backfill.nothing-to-do`
        and `backfill.overlaps`."""
        context, registry = self._context, self._context.registry
        plan, product, version, request, key = self._plan(request, Action.SCHEDULE)
        if not plan.runs:
            raise Conflict(
                "backfill.nothing-to-do",
                f"All {plan.skipped} slots of the range are published already.",
                hint="To compute them again, say `all` instead of `missing`.",
            )
        with registry.transaction():
            self._refuse_overlap(product, request)
            moment = registry.now()
            backfill = registry.backfills.add(
                Backfill(
                    **request.model_dump(exclude={"product", "version", "cut"}),
                    id=new_id("bkf"),
                    product=product.full_name,
                    product_id=product.id,
                    version=version.version,
                    version_id=version.id,
                    schedule_key=key,
                    acting_identity=context.identity.name,
                    created=moment,
                    total=len(plan.items),
                ),
                plan.items,
            )
            context.audit("backfill.begin", product.full_name, backfill=backfill.id, slots=plan.runs)
        return backfill

    def get(self, backfill_id: str) -> Backfill:
        """Raises NotFound `backfill.unknown`."""
        found = self._context.registry.backfills.get(backfill_id)
        if found is None:
            raise NotFound(
                "backfill.unknown", f"There is no backfill {backfill_id}.", hint="`mesh backfill` lists them."
            )
        return found

    def list(self, name: str | None = None, *, cursor: str | None = None, limit: int = 50) -> Page[Backfill]:
        product_id = self._context.product(name).id if name else None
        return self._context.registry.backfills.list(product_id, cursor, limit)

    def slots(self, backfill_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[BackfillSlot]:
        return self._context.registry.backfills.slots(self.get(backfill_id).id, cursor, limit)

    def pause(self, backfill_id: str, *, reason: str) -> Backfill:
        """Begin no more of its runs; those that go on end. Raises Conflict `backfill.over`."""
        return self._change(backfill_id, "pause", state=BackfillState.PAUSED, reason=reason)

    def resume(self, backfill_id: str) -> Backfill:
        """Let it go on; failures so far do not stop it again. Raises Conflict `backfill.over`."""
        moment = self._context.registry.now()
        return self._change(backfill_id, "resume", state=BackfillState.RUNNING, reason="", resumed=moment)

    def cancel(self, backfill_id: str, *, reason: str) -> Backfill:
        """End it for good: its runs are cancelled, slots that wait never run. Raises Conflict `backfill.over`."""
        registry, moment = self._context.registry, self._context.registry.now()
        with registry.transaction():
            ended = self._change(backfill_id, "cancel", state=BackfillState.CANCELLED, reason=reason, finished=moment)
            registry.backfills.drop(ended.id, f"The backfill was cancelled by {self._context.identity.name}.")
            for run_id in registry.backfills.going(ended.id):
                try:
                    registry.runs.cancel_request(run_id)
                except Conflict:
                    _log.debug("The run %s ended before it could be cancelled.", run_id)
        return self.get(backfill_id)

    def _plan(
        self, request: BackfillRequest, action: Action
    ) -> tuple[BackfillPlan, Product, ProductVersion, BackfillRequest, str]:
        """The plan, and the request with the parameters that it stands for, and the key of its slots."""
        context, registry = self._context, self._context.registry
        product = context.product(request.product, action)
        if product.status is ProductStatus.RETIRED:
            raise Conflict(
                "product.retired", f"{request.product} is retired.", hint="Promote it anew to bring it back."
            )
        version = LocalVersions(context).get(request.product, request.version)
        schedule = registry.schedules.get(product.id)
        cut = _cut(request, schedule)
        fires.check(cut)
        own = schedule is not None and request.cut is None
        if own and schedule and not request.parameters and request.preset is None:
            request = request.model_copy(update={"parameters": schedule.parameters, "preset": schedule.preset})
        slots = slots_between(cut, request.start, request.end, registry.now())
        items = planned(request, slots, version, registry.releases.slots(product.id))
        skipped = sum(bool(item.skipped) for item in items)
        plan = BackfillPlan(
            product=product.full_name,
            version=version.version,
            words=fires.words(cut),
            runs=len(items) - skipped,
            skipped=skipped,
            items=items,
            notes=_notes(version),
        )
        return plan, product, version, request, schedule.id if own and schedule else MANUAL

    def _refuse_overlap(self, product: Product, request: BackfillRequest) -> None:
        """Two backfills of the same slots would publish them twice for nothing."""
        for other in self._context.registry.backfills.list(product.id, None, 1000).items:
            if not other.state.final and other.start < request.end and request.start < other.end:
                raise Conflict(
                    "backfill.overlaps",
                    f"The backfill {other.id} of {product.full_name} is about the same time and {other.state.value}.",
                    hint=f"Wait for it, or end it: mesh backfill {other.id} --cancel",
                )

    def _change(self, backfill_id: str, what: str, **changes: object) -> Backfill:
        context, registry = self._context, self._context.registry
        context.product(self.get(backfill_id).product, Action.SCHEDULE)
        with registry.transaction():
            held = registry.backfills.held(backfill_id, wait=True)
            if held is None or held.state.final:
                state = held.state.value if held else "gone"
                raise Conflict(
                    "backfill.over", f"The backfill {backfill_id} is {state}.", hint="Begin a new one if it is needed."
                )
            changed = registry.backfills.change(held, **changes)
            context.audit(f"backfill.{what}", held.product, backfill=backfill_id, reason=str(changes.get("reason", "")))
        return changed


def _cut(request: BackfillRequest, schedule: Schedule | None) -> ScheduleDraft:
    """What cuts time: what the request says, else the product's schedule. Raises InvalidInput `backfill.no-cut`."""
    cut = request.cut or schedule
    if cut is None or cut.after is not None:
        why = "runs after its inputs" if cut is not None else "has no schedule"
        raise InvalidInput(
            "backfill.no-cut",
            f"{request.product} {why}, so nothing says how time is cut into slots.",
            hint="Say it: --every '1 day' or --cron '0 6 * * *', with --timezone.",
        )
    return ScheduleDraft(cron=cut.cron, every=cut.every, timezone=cut.timezone, start=cut.start if cut.every else None)


def _notes(version: ProductVersion) -> list[str]:
    """What one should know before: only outputs that replace their slot can be computed again without harm."""
    adding = [output.name for output in version.outputs if output.mode == "append"]
    if not adding:
        return []
    return [f"{', '.join(adding)} appends rows: slots that are published already are refused, not replaced."]
