"""Recording a promotion: the version, its schedule and its first run, in one transaction."""

from __future__ import annotations

from pydantic import JsonValue

from mesh_workbench.lifecycle import promote
from mesh_workbench.lifecycle.promote import Prepared
from mesh_workbench.lifecycle.tell_breaking import tell_breaking
from mesh_workbench.model.access import Action
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.promotion import Promotion, PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.model.run import RunRequest
from mesh_workbench.scheduling.fitting import demand_schedule_fits
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.domains import LocalDomains
from mesh_workbench.workbench.runs import LocalRuns
from mesh_workbench.workbench.schedules import LocalSchedules


def review_rule(context: Context, domain: str) -> ReviewRule | None:
    """What a domain, else the nearest above it that says something, asks of promotions into it."""
    for name in context.registry.domains.ancestry(domain):
        found = context.registry.domains.get(name)
        if found is not None and found.review is not None:
            return found.review
    return None


def record(context: Context, request: PromotionRequest, prepared: Prepared) -> Promotion:
    """Record the next version on behalf of who acts. Raises Forbidden, and what `lifecycle.promote` raises."""
    name = ProductName.parse(request.to)
    with context.registry.transaction():
        if request.create_domain and context.registry.domains.get(name.domain) is None:
            LocalDomains(context).add(DomainDraft(name=name.domain))
        context.demand(Action.PROMOTE, domain=name.domain)
        promotion = promote.promote(context.registry, request, prepared, by=context.identity.name)
        if promotion.created:
            context.audit(
                "product.promote",
                str(name),
                version=promotion.version.version,
                digest=promotion.version.digest,
                **_broken(context, promotion),
            )
        if request.schedule:
            LocalSchedules(context).set(str(name), request.schedule)
        elif promotion.created:
            demand_schedule_fits(context.registry, name, prepared.analysis)
            LocalSchedules(context).take_over(promotion.product)
        if request.run:
            run = LocalRuns(context).request(RunRequest(product=str(name), trigger="promotion"))
            promotion = promotion.model_copy(update={"run": run})
    return promotion


def _broken(context: Context, promotion: Promotion) -> dict[str, JsonValue]:
    """Whom a promotion breaks, for the audit trail; they are told, and only an owner overrides who waits."""
    change = promotion.breaking
    if change is None:
        return {}
    if change.override:
        context.demand(Action.OVERRIDE, product=promotion.product)
    if change.changes:
        tell_breaking(context.registry, context.settings, promotion.product, change)
    detail: dict[str, JsonValue] = {"sunset": change.sunset.isoformat()}
    if change.consumers:
        detail |= {"breaks": [one.name for one in change.consumers], "waiting": [*change.waiting]}
    return {**detail, "override": change.override} if change.override else detail
