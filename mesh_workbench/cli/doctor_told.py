"""What `mesh doctor` says of late products, and of messages that do not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.model.examination import Finding
    from mesh_workbench.registry import Registry
    from mesh_workbench.settings import Settings

_NAMED = 5
_DAY_S, _LONG_S = 86_400.0, 3_600.0


def late_products(registry: Registry, _chosen: Settings) -> Finding:
    """The same products that pages show late and people are told about."""
    from mesh_workbench.lifecycle.late import late
    from mesh_workbench.model.examination import Finding

    found = late(registry)
    names = sorted(product.full_name for product in registry.products.many(list(found)).values())
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return Finding(
        check="late",
        ok=not names,
        detail=f"{len(names)} late: {', '.join(names[:_NAMED])}{more}" if names else "no product late",
        hint="`mesh product show NAME` says why; without a worker nothing runs: `mesh worker`.",
    )


def messages(registry: Registry, _chosen: Settings) -> Finding:
    """Messages that were given up today, or that nobody has tried for an hour."""
    from mesh_workbench.model.examination import Finding

    given_up, waiting = registry.deliveries.given_up(_DAY_S), registry.deliveries.overdue(_LONG_S)
    told = [
        *([f"{given_up} given up since yesterday"] if given_up else []),
        *([f"{waiting} waiting for more than an hour"] if waiting else []),
    ]
    return Finding(
        check="messages",
        ok=not told,
        detail=", ".join(told) or "none given up or waiting",
        hint="`mesh notify deliveries --all` says why; without a worker `mesh notify sweep` sends them.",
    )
