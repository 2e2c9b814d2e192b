"""check: every promise of every port, evaluated on the candidate state."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import report_on
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.contracts.freshness import fresh_until
from mesh_workbench.contracts.quarantine import Quarantine
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.check import CheckReport, Outcome, PromiseResult, verdict_of


def check(
    contracts: Mapping[str, str],
    candidates: Mapping[str, Candidate],
    *,
    blobs: Mapping[str, str] | None = None,
    product: str = "",
    run_id: str | None = None,
    base_release: int | None = None,
    facts: Facts | None = None,
    quarantine: Quarantine | None = None,
    given_up: Callable[[], bool] = lambda: False,
) -> CheckReport:
    """One report over all ports: `contracts` is port to ODCS text, `candidates` port to what it would hold, `facts` the
    history that service levels are told from. `quarantine` is given the rows that break a promise. A report that was
    `given_up` meanwhile says nothing.

    A promise is one line of the report, whatever became of it.
    """
    began = time.perf_counter()
    ports = []
    fresh: list[datetime] = []
    moment = (facts.now if facts else None) or now()
    for port, candidate in candidates.items():
        document = parse(contracts[port])
        blob = (blobs or {}).get(port, "")
        ports.append(
            report_on(
                document,
                candidate,
                port=port,
                contract_blob=blob,
                facts=facts,
                quarantine=quarantine,
                given_up=given_up,
            )
        )
        fresh += fresh_until(document, ports[-1].results, moment)
    everything = [result for port in ports for result in port.results]
    return CheckReport(
        id=new_id("rep"),
        run_id=run_id,
        product=product,
        verdict=verdict_of(everything),
        base_release=base_release,
        ports=ports,
        fresh_until=min(fresh, default=None),
        made=now(),
        duration_ms=(time.perf_counter() - began) * 1000,
    )


def first_breach(report: CheckReport) -> PromiseResult | None:
    """The promise to name when a report is breached: the first that failed, else the first that erred."""
    for outcome in (Outcome.FAILED, Outcome.ERROR):
        for result in report.results:
            if result.outcome is outcome:
                return result
    return None


def summary(report: CheckReport) -> str:
    """What a report says, in one sentence: names and counts only, for it is shown to whoever may find the product."""
    total = len(report.results)
    passed, failed = report.count(Outcome.PASSED), report.count(Outcome.FAILED) + report.count(Outcome.ERROR)
    if failed:
        worst = first_breach(report)
        named = f", first: {worst.promise.words}{_counted(worst)}" if worst else ""
        return f"{failed} of {total} promises broken{named}"
    if passed == total:
        return f"All {total} promises kept"
    warned, open_ = report.count(Outcome.WARNED), report.count(Outcome.NOT_EVALUATED)
    parts = [f"{passed} of {total} promises kept"]
    if warned:
        parts.append(f"{warned} warned")
    if open_:
        parts.append(f"{open_} not evaluated")
    return ", ".join(parts)


def _counted(result: PromiseResult) -> str:
    if not result.failing_rows:
        return ""
    return f" (not so in {result.failing_rows:,}{f' of {result.rows:,}' if result.rows else ''} rows)"
