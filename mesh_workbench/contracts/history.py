"""Reports of one port put side by side: a history for every promise, and what changed last."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_workbench.model.check import Outcome, PromiseResult
from mesh_workbench.model.history import ChangeKind, PromiseChange, PromiseHistory, PromisePoint

_NOT_KEPT = frozenset({Outcome.FAILED, Outcome.WARNED, Outcome.ERROR})
_ORDER: tuple[ChangeKind, ...] = ("broken", "recovered", "outcome", "added", "removed", "moved")
"""What matters most first."""


def histories(checks: Sequence[Sequence[PromiseResult]]) -> list[PromiseHistory]:
    """A history for every promise of `checks` (the results of one port, the oldest check first)."""
    found = [{result.promise.id: result for result in results} for results in checks]
    newest = {name: result.promise for check in found for name, result in check.items()}
    order = list(dict.fromkeys(name for check in reversed(found) for name in check))
    return [PromiseHistory(promise=newest[name], points=[_point(check.get(name)) for check in found]) for name in order]


def changes(promises: Sequence[PromiseHistory]) -> list[PromiseChange]:
    """What is different in the last check from the one before; nothing when there was only one."""
    found = []
    for one in promises:
        if len(one.points) < 2:
            continue
        before, after = one.points[-2:]
        kind = _kind(before, after)
        if kind:
            found.append(PromiseChange(promise=one.promise, kind=kind, before=before, after=after))
    return sorted(found, key=lambda change: _ORDER.index(change.kind))


def _kind(before: PromisePoint | None, after: PromisePoint | None) -> ChangeKind | None:
    if after is None:
        return "removed" if before else None
    if after.outcome in _NOT_KEPT and (before is None or before.outcome not in _NOT_KEPT):
        return "broken"
    if before is None:
        return "added"
    if before.outcome in _NOT_KEPT and after.outcome is Outcome.PASSED:
        return "recovered"
    if before.outcome is not after.outcome:
        return "outcome"
    return "moved" if before.observed != after.observed else None


def _point(result: PromiseResult | None) -> PromisePoint | None:
    if result is None:
        return None
    share = result.failing_rows / result.rows if result.failing_rows is not None and result.rows else None
    return PromisePoint(
        outcome=result.outcome,
        observed=result.observed,
        expected=result.expected,
        failing_rows=result.failing_rows,
        share=share,
    )
