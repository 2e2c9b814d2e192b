"""breaking: what a promotion takes away from consumers, who they are, and what must be said before it may happen.

A breaking change is told to its consumers, who acknowledge it; then it is promoted as a new major version. An owner
may promote it before all have acknowledged it, with a reason that is kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, InvalidInput
from mesh_workbench.lifecycle.consumers import broken_by, consumers
from mesh_workbench.model.base import new_id
from mesh_workbench.model.breaking import BreakingChange, BreakingPlan
from mesh_workbench.model.consumer import Consumer
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.major import OldMajor
from mesh_workbench.model.product import Product
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.version import ProductVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

SUNSET = timedelta(days=90)
"""How long an old major version can be read when nobody says otherwise."""


def breaking_plan(
    registry: Registry,
    product: Product,
    newest: ProductVersion,
    request: PromotionRequest,
    difference: VersionDifference,
    *,
    by: str,
) -> BreakingPlan:
    """What a promotion to a new major version breaks.

    `by`, who promotes, is no consumer whom one would have to ask. Raises InvalidInput `promotion.sunset-over`.
    """
    changes = difference.breaking
    concerned = [
        consumer
        for consumer in broken_by(changes, newest.major, consumers(registry, product))
        if (consumer.kind, consumer.name) != ("person", by)
    ]
    known = _announced(registry, newest, difference)
    said = {(one.kind, one.name): one.acknowledged for one in known.consumers} if known else {}
    concerned = [one.model_copy(update={"acknowledged": said.get((one.kind, one.name))}) for one in concerned]
    return BreakingPlan(
        major=newest.major,
        changes=changes,
        consumers=concerned,
        sunset=_sunset(registry.now(), request.sunset, known),
        announced=known.id if known else None,
        waiting=[one.name for one in concerned if one.acknowledged is None],
    )


def demand_acknowledged(name: str, plan: BreakingPlan, override: str) -> None:
    """Raise Conflict `promotion.not-acknowledged` while consumers wait and no reason is given to go on."""
    if plan.waiting and not override.strip():
        told = "They were told." if plan.announced else "They were not told yet."
        raise Conflict(
            "promotion.not-acknowledged",
            f"This breaks {', '.join(plan.waiting)}, and they have not acknowledged it. {told}",
            hint=f"Announce it and wait for them; or an owner of {name} overrides, with a reason.",
            details={"waiting": list(plan.waiting), "announced": plan.announced},
        )


def recorded(
    registry: Registry,
    product: Product,
    newest: ProductVersion,
    plan: BreakingPlan,
    request: PromotionRequest,
    *,
    version: str,
    by: str,
    promoted: bool,
) -> BreakingChange:
    """Keep the change, announced or promoted: the announcement of the same change goes on."""
    moment = registry.now()
    known = registry.breaking_changes.get(plan.announced) if plan.announced else None
    change = BreakingChange(
        id=known.id if known else new_id("brk"),
        product=product.full_name,
        product_id=product.id,
        since=newest.version,
        version=version,
        promoted=moment if promoted else None,
        changes=plan.changes,
        consumers=_together(plan.consumers, known.consumers if known else []),
        sunset=plan.sunset,
        note=request.note or (known.note if known else ""),
        override=request.override.strip() if promoted and plan.waiting else "",
        by=by,
        announced=known.announced if known else moment,
    )
    if known:
        registry.breaking_changes.update(change)
    else:
        registry.breaking_changes.add(change)
    return change


def old_major(plan: BreakingPlan, version: str, *, by: str, moment: datetime) -> OldMajor:
    """What becomes of the major version before."""
    return OldMajor(
        major=plan.major,
        reason=f"Version {version} takes its place.",
        until=plan.sunset,
        since=moment,
        by=by,
    )


def telling_text(change: BreakingChange) -> str:
    """What consumers are told: names of columns and dates, no value of any row."""
    lost = "; ".join(one.words for one in change.changes[:5])
    more = f"; and {len(change.changes) - 5} more" if len(change.changes) > 5 else ""
    coming = f"Version {change.version} {'is promoted' if change.promoted else 'is coming'}"
    major = change.since.partition(".")[0]
    what = f": {lost}{more}" if lost else ""
    note = f" {change.note.strip().rstrip('.')}." if change.note.strip() else ""
    return (
        f"{coming}{what}.{note} Version {major} can be read as {change.product}@{major} until "
        f"{change.sunset:%Y-%m-%d}. Please acknowledge it."
    )


def _announced(registry: Registry, newest: ProductVersion, difference: VersionDifference) -> BreakingChange | None:
    """The newest announcement that says at least as much as breaks now."""
    lost = {(one.port, one.words) for one in difference.breaking}
    for change in registry.breaking_changes.announced(newest.product_id, newest.version):
        if lost <= {(one.port, one.words) for one in change.changes}:
            return change
    return None


def _sunset(moment: datetime, wanted: datetime | None, known: BreakingChange | None) -> datetime:
    if wanted is not None and wanted <= moment:
        raise InvalidInput(
            "promotion.sunset-over",
            f"The sunset of the old major version, {wanted:%Y-%m-%d %H:%M} UTC, is over already.",
            hint="Give consumers a date to come.",
        )
    return wanted or (known.sunset if known else moment + SUNSET)


def _together(now: list[Consumer], before: list[Consumer]) -> list[Consumer]:
    """Those who are concerned now; who was told before, and does not read it any more, is still among them."""
    names = {(one.kind, one.name) for one in now}
    return [*now, *(one for one in before if (one.kind, one.name) not in names)]
