"""What changed in the service levels: for better or for worse, as far as their values can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.change import Change, Grade
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import ServiceLevel
from mesh_workbench.contracts.service_levels import LESS_IS_BETTER, measure_of, name_of


def of_service_levels(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    """A service level that is gone or weaker breaks; one that is new or stronger does not."""
    before, after = (
        {(name_of(level), level.element, level.driver): level for level in doc.contract.sla_properties}
        for doc in (old, new)
    )
    for key, was in before.items():
        now = after.get(key)
        if now is None:
            yield Change("breaking", f"service level {was.property} is gone")
        elif (was.value, was.unit) != (now.value, now.unit):
            words = f"service level {was.property}: {now.value} {now.unit or ''}".rstrip()
            yield Change(_grade(key[0], was, now), f"{words} instead of {was.value} {was.unit or ''}".rstrip())
    yield from (
        Change("compatible", f"service level {after[key].property} is new") for key in after if key not in before
    )


def _grade(name: str, was: ServiceLevel, now: ServiceLevel) -> Grade:
    """What cannot be compared is taken to be for the worse."""
    old, new = measure_of(was), measure_of(now)
    if old is None or new is None:
        return "breaking"
    if old == new:
        return "wording"
    better = new < old if name in LESS_IS_BETTER else new > old
    return "compatible" if better else "breaking"
