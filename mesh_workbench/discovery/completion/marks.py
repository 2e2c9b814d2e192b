"""By what to trust a product beside its health."""

from __future__ import annotations

from mesh_workbench.discovery.completion.names import KnownProduct
from mesh_workbench.model.completion import Mark
from mesh_workbench.model.product import ProductStatus


def marks_of(known: KnownProduct) -> list[Mark]:
    """Whether a product ends, and whether one must ask for it."""
    found: list[Mark] = []
    product = known.product
    if product.status is ProductStatus.DEPRECATED:
        sunset = product.sunset
        until = sunset.until.isoformat() if sunset and sunset.until else ""
        found.append(
            Mark(
                code="deprecated", values=[sunset.reason if sunset else "", until, (sunset and sunset.successor) or ""]
            )
        )
    if product.access != "open":
        found.append(Mark(code="on_request"))
    return found
