"""late: which products are late now. What it means is decided in `model.health`, for pages as for notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mesh_workbench.model.health import GRACE, late_of
from mesh_workbench.model.product import Health

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def late(registry: Registry, product_ids: Iterable[str] | None = None) -> dict[str, Health]:
    """Those of `product_ids` that are late, with the reason, by id; of all products for None."""
    ids = registry.overdue.products(GRACE.total_seconds()) if product_ids is None else list(product_ids)
    if not ids:
        return {}
    releases, runs = registry.releases.latest_many(ids), registry.runs.latest_for(ids)
    schedules, moment = registry.schedules.many(ids), registry.now()
    found = {one: late_of(releases.get(one), runs.get(one), schedules.get(one), moment) for one in ids}
    return {one: health for one, health in found.items() if health is not None}
