"""rolled back: what follows in the very transaction that goes back, whoever ends it: schedule and notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.lifecycle.announce import put
from mesh_workbench.lifecycle.take_over import take_over
from mesh_workbench.model.base import new_id
from mesh_workbench.model.notice import Notice, NoticeKind
from mesh_workbench.model.release import Release
from mesh_workbench.model.subscription import Audience

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def rolled_back(
    registry: Registry, product_id: str, made: Release | None, audience: Audience | None, *, by: str, reason: str
) -> None:
    """`made` is the release that holds the old data, None when only the version changed. Nobody is told without
    `audience`."""
    product = registry.products.hold(product_id)
    if product is None:
        return
    take_over(registry, product, by)
    if audience is None:
        return
    data = f" Release {made.number} holds the data of release {made.restores} again." if made else ""
    moment = registry.now()
    notice = Notice(
        id=new_id("ntc"),
        kind=NoticeKind.CHANGED,
        product_id=product.id,
        product=product.full_name,
        text=f"It was rolled back to version {product.version}: {reason}.{data}",
        since=moment,
        at=moment,
    )
    put(registry, notice, notice.id, audience)
