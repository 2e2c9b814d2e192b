"""What changed in the service levels: for better or for worse, as far as their values can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import ServiceLevel
from mesh_workbench.contracts.service_levels import LESS_IS_BETTER, measure_of, name_of

_WORDS = ("schedule", "scheduler", "driver")


def of_service_levels(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    """A service level that is gone or weaker breaks; one that is new or stronger does not."""
    before, after = _by_element(old), _by_element(new)
    for key, was in before.items():
        now = after.get(key)
        if now is None:
            yield Change("breaking", f"service level {_called(was)} is gone")
            continue
        if (was.value, was.unit, _extra(was, "valueExt")) != (now.value, now.unit, _extra(now, "valueExt")):
            yield _moved(key[0], was, now)
        if was.description != now.description or any(_extra(was, word) != _extra(now, word) for word in _WORDS):
            yield Change("wording", f"service level {_called(now)} is described anew")
    yield from (
        Change("compatible", f"service level {_called(after[key])} is new") for key in after if key not in before
    )


def _by_element(doc: ContractDocument) -> dict[tuple[str, str], ServiceLevel]:
    """Service levels by name and by what they are about."""
    default = doc.contract.sla_default_element or ""
    return {
        (name_of(level), ",".join(sorted(one.strip() for one in (level.element or default).split(",")))): level
        for level in doc.contract.sla_properties
    }


def _called(level: ServiceLevel) -> str:
    return f"{level.property} of {level.element}" if level.element else level.property


def _moved(name: str, was: ServiceLevel, now: ServiceLevel) -> Change:
    """What cannot be compared is taken to be for the worse."""
    words = f"service level {_called(now)}: {_said(now)} instead of {_said(was)}"
    old, new = measure_of(was), measure_of(now)
    if _extra(was, "valueExt") != _extra(now, "valueExt") or new is None:
        return Change("breaking", f"{words}, which cannot be compared")
    if old is None:
        # What could not be measured was no promise that anyone could rely on.
        return Change("warning", f"{words}, which can be measured now")
    if old == new:
        return Change("wording", f"{words}, which is the same")
    better = new < old if name in LESS_IS_BETTER else new > old
    return Change("compatible" if better else "breaking", words)


def _said(level: ServiceLevel) -> str:
    return " ".join(str(part) for part in (level.value, level.unit, _extra(level, "valueExt")) if part is not None)


def _extra(level: ServiceLevel, key: str) -> object:
    return getattr(level, key, None) or (level.model_extra or {}).get(key)
