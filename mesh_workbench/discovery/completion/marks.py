"""By what to trust a product, in a word each."""

from __future__ import annotations

from mesh_workbench.discovery.completion.names import KnownProduct
from mesh_workbench.model.completion import Mark
from mesh_workbench.model.product import HealthState, ProductStatus

_HEALTH: dict[HealthState, tuple[str, str]] = {
    HealthState.KEPT: ("kept", "good"),
    HealthState.KEPT_PARTLY: ("kept partly", "caution"),
    HealthState.LATE: ("late", "caution"),
    HealthState.BREACHED: ("breached", "bad"),
    HealthState.FAILED: ("failed", "bad"),
    HealthState.NEVER_RAN: ("no data yet", "caution"),
}


def marks_of(known: KnownProduct) -> list[Mark]:
    """How a product is now: whether it keeps its promises, whether it ends, whether one must ask for it."""
    word, level = _HEALTH[known.health.state]
    found = [Mark.model_validate({"word": word, "level": level, "reason": known.health.reason})]
    product = known.product
    if product.status is ProductStatus.DEPRECATED:
        why = product.sunset.words if product.sunset else ""
        found.insert(0, Mark(word="deprecated", reason=why))
    if product.access != "open":
        found.append(Mark(word="on request", reason="Reading it needs a grant."))
    return found
