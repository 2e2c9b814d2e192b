"""acting: on whose behalf a schedule runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.product import Product

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def take_over(registry: Registry, product: Product, identity: str) -> None:
    """Let the schedule of a product act on behalf of who decided which version runs. Call it inside that transaction.

    Nobody's rights, and nobody's worker, run what somebody else chose.
    """
    known = registry.schedules.held(product.id)
    if known is None or known.acting_identity == identity:
        return
    registry.schedules.set(known.model_copy(update={"acting_identity": identity}))
    registry.audit.add(
        AuditRecord(
            id=new_id("aud"),
            at=registry.now(),
            actor=identity,
            action="schedule.take-over",
            target=product.full_name,
            detail={"before": known.acting_identity},
        )
    )
