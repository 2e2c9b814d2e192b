"""take over: the schedule of a product acts on behalf of who decided which version runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def take_over(registry: Registry, product: Product, by: str) -> None:
    """Let the schedule of a product act on behalf of `by`. Call it inside the transaction of the change.

    Nobody's rights, and nobody's worker, run what somebody else wrote: a schedule runs the newest version.
    """
    known = registry.schedules.held(product.id)
    if known is None or known.acting_identity == by:
        return
    registry.schedules.set(known.model_copy(update={"acting_identity": by}))
    registry.audit.add(
        AuditRecord(
            id=new_id("aud"),
            at=registry.now(),
            actor=by,
            action="schedule.take-over",
            target=product.full_name,
            detail={"before": known.acting_identity},
        )
    )
