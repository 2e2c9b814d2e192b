"""phrase: what a notice says of a run. Names and counts only: a message leaves the place where access is decided.

What a notebook raised may quote a row, so of an exception only its kind is told; of a promise its name and how many
rows broke it.
"""

from __future__ import annotations

from mesh_workbench.model.check import CheckReport, Outcome, PromiseResult
from mesh_workbench.model.failed import failed
from mesh_workbench.model.run import Run, RunState

_NAMED = 5
"""Broken promises that are named; the others are counted."""


def failure_text(run: Run, report: CheckReport | None, release: int | None) -> str:
    """Why a run failed, and which release stays."""
    failure = run.failure
    if failure is not None and failure.failure_class == "contract":
        what = _breach(report) if report else "Its data did not keep the contract."
    else:
        what = failed(failure)
    slot = f" It was to make the slot {run.slot.key}." if run.slot else ""
    kept = f" Release {release} stays." if release else " Nothing has been published yet."
    return f"{what}{slot}{kept}"


def recovery_text(run: Run | None, release: int | None) -> str:
    """How it came that all is well again."""
    if run is not None and run.state is RunState.UNCHANGED:
        return f"Its newest run found nothing changed. Release {release} stays."
    return f"Release {release} is published." if release else "Its newest run succeeded."


def _breach(report: CheckReport) -> str:
    broken = [one for one in report.results if one.outcome in (Outcome.FAILED, Outcome.ERROR)]
    named = "; ".join(_counted(one) for one in broken[:_NAMED])
    more = f"; and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
    return f"{len(broken)} of {len(report.results)} promises were broken: {named}{more}."


def _counted(result: PromiseResult) -> str:
    name = "".join(filter(str.isprintable, result.promise.id))[:120]
    rows = result.failing_rows
    return f"{name} ({rows:,} {'row' if rows == 1 else 'rows'})" if rows else name
