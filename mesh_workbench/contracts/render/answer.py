"""A report as JSON: the answer of `mesh contract check --json`."""

from __future__ import annotations

import json

from mesh_workbench.model.check import CheckReport


def render(report: CheckReport) -> str:
    """The verdict, and each promise with its outcome."""
    results = [
        {
            "promise": result.promise.id,
            "target": result.promise.target,
            "words": result.promise.words,
            "outcome": result.outcome.value,
            "reason": result.reason,
            "observed": result.observed,
            "expected": result.expected,
            "severity": result.promise.severity,
            "failing_rows": result.failing_rows,
            "rows": result.rows,
            "duration_ms": result.duration_ms,
            "sample": result.sample,
        }
        for result in report.results
    ]
    return json.dumps({"outcome": report.verdict.value, "results": results}, ensure_ascii=False, indent=2) + "\n"
