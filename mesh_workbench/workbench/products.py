"""Products of the local workbench: the catalog, and promotion into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.discovery import catalog
from mesh_workbench.errors import Conflict, InvalidInput
from mesh_workbench.lifecycle import plan as planning
from mesh_workbench.lifecycle import promote
from mesh_workbench.lifecycle.promote import Prepared
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.product import ProductDetail, ProductSummary
from mesh_workbench.model.promotion import Promotion, PromotionPlan, PromotionRequest, Standing, StandingRequest
from mesh_workbench.model.rollback import RollbackPlan
from mesh_workbench.scheduling.fitting import demand_schedule_fits
from mesh_workbench.storage import scratch
from mesh_workbench.workbench import renaming, transitions
from mesh_workbench.workbench.context import ADVISORY_NOTE, Context
from mesh_workbench.workbench.folders import inside, notebook_folder
from mesh_workbench.workbench.identity import system_identity
from mesh_workbench.workbench.notices import LocalNotices
from mesh_workbench.workbench.promoting import record, review_rule
from mesh_workbench.workbench.rollbacks import LocalRollbacks
from mesh_workbench.workbench.schedules import LocalSchedules

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.notebooks.folder import NotebookFolder

ASKED_OF_A_PRODUCT = (Action.READ, Action.RUN, Action.PROMOTE, Action.EDIT_PRODUCT, Action.SCHEDULE, Action.GRANT)


class LocalProducts:
    """Implements `protocol.Products` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self, *, domain: str | None = None, cursor: str | None = None, limit: int = 100) -> Page[ProductSummary]:
        registry = self._context.registry
        name = self._context.domain_name(domain) if domain else None
        page = registry.products.list(domain=name, cursor=cursor, limit=limit)
        return Page(items=catalog.summaries(registry, page.items), next=page.next)

    def get(self, name: str) -> ProductDetail:
        context = self._context
        product = context.product(name)
        may = [action.value for action in ASKED_OF_A_PRODUCT if context.decide(action, product=product).allowed]
        return catalog.detail(
            context.registry,
            product,
            may=may,
            transitions=transitions.offered(context, product),
            notes=[ADVISORY_NOTE] if context.advisory else [],
        )

    def plan(self, request: PromotionRequest, *, staged: Mapping[str, pyarrow.Table] | None = None) -> PromotionPlan:
        """Raises as `plan.plan`, and InvalidInput `schedule.*` for a schedule that could not be set."""
        request = self._in_our_folder(request)
        name = ProductName.parse(request.to)
        plan = planning.plan(
            self._context.registry,
            request,
            staged=self._tried_out if staged is None else staged.get,
            folder=self._folder(request),
            by=self._context.identity.name,
        )
        schedules, asked = LocalSchedules(self._context), request.schedule
        plan = plan.model_copy(
            update={
                "schedule": schedules.preview_with(asked, plan.analysis, name) if asked else None,
                "told": LocalNotices(self._context).recipients(name),
            }
        )
        if plan.may_promote and asked is None and plan.status != "unchanged":
            try:
                demand_schedule_fits(self._context.registry, name, plan.analysis)
            except InvalidInput as reason:
                plan = plan.model_copy(update={"may_promote": False, "blocked": str(reason)})
        rule = review_rule(self._context, name.domain)
        if rule is not None and plan.status != "unchanged":
            waits = f"It is proposed, and waits for {rule.words}; then:"
            plan = plan.model_copy(update={"review": rule.words, "steps": [waits, *plan.steps]})
        decision = self._context.decide(Action.PROMOTE, domain=name.domain)
        if plan.may_promote and not decision.allowed:
            return plan.model_copy(update={"may_promote": False, "blocked": f"You may not: {decision.reason}."})
        return plan

    def standing(self, request: StandingRequest) -> Standing:
        settings = self._context.settings
        root = notebook_folder(settings, ".")
        assert root is not None
        request = request.model_copy(update={"folder": inside(settings.root, request.folder)})
        return planning.standing(self._context.registry, request, root)

    def _in_our_folder(self, request: PromotionRequest) -> PromotionRequest:
        return request.model_copy(update={"folder": inside(self._context.settings.root, request.folder)})

    def _folder(self, request: PromotionRequest) -> NotebookFolder | None:
        """What may be read of the notebook's folder; of the one that the newest version has when none is said."""
        registry, name = self._context.registry, ProductName.parse(request.to)
        folder = request.folder
        if folder is None and (product := registry.products.named(name.domain, name.product)) is not None:
            newest = registry.versions.newest(product.id)
            folder = newest.folder if newest else None
        return notebook_folder(self._context.settings, folder)

    def _tried_out(self, output: str) -> pyarrow.Table | None:
        """What the person's own notebook staged last, from which a contract is proposed."""
        if self._context.identity != system_identity():
            return None
        return scratch.staged(output, self._context.settings.root)

    def promote(self, request: PromotionRequest) -> Promotion:
        """Record the next version; with a schedule and the first run when asked for, all in one transaction.

        Raises Conflict `promote.needs-review` where the domain asks for approval; it is proposed instead.
        """
        name = ProductName.parse(request.to)
        rule = review_rule(self._context, name.domain)
        if rule is not None:
            raise Conflict(
                "promote.needs-review",
                f"What is promoted into {name.domain} needs {rule.words}.",
                hint="Propose it: `mesh promote` does, and POST /reviews.",
            )
        return record(self._context, *self.prepared(request))

    def prepared(self, request: PromotionRequest) -> tuple[PromotionRequest, Prepared]:
        """The request with its folder made out, and all that can be found out before anything is written."""
        request = self._in_our_folder(request)
        context = self._context
        return request, promote.prepare(
            context.registry, request, folder=self._folder(request), container=context.settings.container
        )

    def deprecate(
        self, name: str, *, reason: str, until: datetime | None = None, successor: str | None = None
    ) -> ProductDetail:
        transitions.deprecate(self._context, name, reason=reason, until=until, successor=successor)
        return self.get(name)

    def move_sunset(self, name: str, major: int, *, reason: str, until: datetime) -> ProductDetail:
        transitions.move_sunset(self._context, name, major, reason=reason, until=until)
        return self.get(name)

    def plan_rollback(self, name: str, *, release: int | None = None, version: str | None = None) -> RollbackPlan:
        return LocalRollbacks(self._context).plan(name, release=release, version=version)

    def rollback(
        self, name: str, *, reason: str, release: int | None = None, version: str | None = None
    ) -> ProductDetail:
        LocalRollbacks(self._context).rollback(name, reason=reason, release=release, version=version)
        return self.get(name)

    def rename(self, name: str, *, to: str, reason: str) -> ProductDetail:
        renaming.rename(self._context, name, to=to, reason=reason)
        return self.get(to)

    def reinstate(self, name: str, *, reason: str) -> ProductDetail:
        transitions.reinstate(self._context, name, reason=reason)
        return self.get(name)

    def retire(self, name: str, *, reason: str, force: bool = False) -> ProductDetail:
        transitions.retire(self._context, name, reason=reason, force=force)
        return self.get(name)
