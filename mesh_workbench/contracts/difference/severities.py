"""What changed in how grave it is when a promise is not kept, where the standard has no word for it."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.promises import plan_of
from mesh_workbench.model.check import PromiseSpec, Severity

_ORDER: tuple[Severity, ...] = ("info", "warning", "error")


def of_severities(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    """A promise that blocked publishing and only warns now breaks consumers; quality rules are compared elsewhere."""
    before, after = _promises(old), _promises(new)
    for name, was in before.items():
        now = after.get(name)
        if now and now.severity != was.severity:
            graver = _ORDER.index(now.severity) > _ORDER.index(was.severity)
            words = f"{now.words}: severity {now.severity} instead of {was.severity}"
            yield Change("compatible" if graver else "breaking", words)


def _promises(doc: ContractDocument) -> dict[str, PromiseSpec]:
    """Promises but quality rules by id; of one object without its name, which a new one may have instead."""
    names = doc.object_names() or [""]
    found: dict[str, PromiseSpec] = {}
    for name in names:
        for promise in plan_of(doc, name):
            if promise.quality is None:
                key = promise.spec.id.removeprefix(f"{name}.") if len(names) == 1 else promise.spec.id
                found.setdefault(key, promise.spec)
    return found
