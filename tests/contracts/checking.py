"""Checking in one line."""

from __future__ import annotations

import pyarrow as pa

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.model.check import Outcome, PromiseResult


def check(text: str, data: pa.Table | dict[str, list[object]], **named: object) -> dict[str, PromiseResult]:
    """Results by the promise's id without the object's name."""
    table = data if isinstance(data, pa.Table) else pa.table(data)
    candidate = Candidate.from_table(table, **named)
    results = evaluate(parse(text), candidate, timeout_s=1.5)
    return {result.promise.id.partition(".")[2]: result for result in results}


def broken(results: dict[str, PromiseResult]) -> set[str]:
    """Ids of promises that were not kept."""
    bad = (Outcome.FAILED, Outcome.WARNED, Outcome.ERROR)
    return {name for name, result in results.items() if result.outcome in bad}
