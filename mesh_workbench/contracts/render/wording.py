"""What all forms of a report say in the same words."""

from __future__ import annotations

import json
import re

from mesh_workbench.model.check import CheckReport, Outcome, PromiseResult

_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ORDER = (Outcome.FAILED, Outcome.ERROR, Outcome.WARNED, Outcome.NOT_EVALUATED, Outcome.PASSED)
"""What needs attention comes first."""


def plain(value: object) -> str:
    """Text without what could command a terminal, and without what XML cannot hold."""
    return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", str(value))


def headline(report: CheckReport) -> str:
    """The report in one sentence."""
    parts = [f"{report.count(Outcome.PASSED)} of {len(report.results)} promises kept"]
    for outcome in ORDER[:-1]:
        count = report.count(outcome)
        if count:
            parts.append(f"{count} {spoken(outcome)}")
    return f"{', '.join(parts)}."


def spoken(outcome: Outcome) -> str:
    """`not_evaluated` as people write it."""
    return outcome.value.replace("_", " ")


def told(result: PromiseResult) -> str:
    """What was seen, and what was expected of it."""
    parts = [result.reason] if result.reason else []
    if result.expected and result.outcome is not Outcome.NOT_EVALUATED:
        observed = "" if result.observed is None else f", observed {compact(result.observed)}"
        parts.append(f"Expected {result.expected}{observed}.")
    return plain(" ".join(parts))


def compact(value: object) -> str:
    """A value of JSON in one line; text without quotes."""
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
