"""Whether data keeps a contract: exactly one result per promise.

Rules turn promises into measures; equal measures are taken once, all row conditions in one pass; here the values are
compared with the promises' limits, and failing rows fetched where one was not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mesh_workbench.contracts import durations, stages
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.database import Database, open_database
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.contracts.measure import Answer, Declined, Duplicates, Known, Measure, Rows, Step
from mesh_workbench.contracts.measuring import Measuring, Seen, Unseen
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.promises import plan_of
from mesh_workbench.contracts.quarantine import Quarantine, quarantined
from mesh_workbench.contracts.sample import MOST, sample
from mesh_workbench.contracts.steps import called, steps_of
from mesh_workbench.model.check import Outcome, PortReport, PromiseResult

MEMORY_LIMIT = "2GB"
TIMEOUT_S = 60.0


def evaluate(
    doc: ContractDocument, candidate: Candidate, *, memory_limit: str = MEMORY_LIMIT, timeout_s: float = TIMEOUT_S
) -> list[PromiseResult]:
    """One result per promise that `doc` makes about the candidate, in the order of the contract.

    `timeout_s` bounds each SQL rule and each pattern that the engine cannot run itself; `memory_limit` bounds the
    engine, which spills beyond it. Raises InvalidInput `contract.no-object` when the contract is about something else.
    """
    return report_on(doc, candidate, memory_limit=memory_limit, timeout_s=timeout_s).results


def report_on(
    doc: ContractDocument,
    candidate: Candidate,
    *,
    port: str = "",
    contract_blob: str = "",
    facts: Facts | None = None,
    quarantine: Quarantine | None = None,
    given_up: Callable[[], bool] = lambda: False,
    memory_limit: str = MEMORY_LIMIT,
    timeout_s: float = TIMEOUT_S,
) -> PortReport:
    """As `evaluate`, with the counts of rows: the report of one port. `quarantine` is given the failing rows.

    Once `given_up` says so, nothing is evaluated any more, and the report, if there is one, is of no use.
    """
    plan = plan_of(doc, candidate.object_name)
    name = port or candidate.object_name or next(iter(doc.object_names()), "data")
    with open_database(candidate, memory_limit=memory_limit) as database, database.given_up(given_up):
        promises, steps = steps_of(plan, database, facts)
        measuring = Measuring(database, stages.Known.of(candidate), timeout_s=timeout_s)
        taken = measuring.take(step for step in steps if not isinstance(step, Known | Declined))
        results = [
            _result(promise, step, None if isinstance(step, Known | Declined) else taken[step])
            for promise, step in zip(promises, steps, strict=True)
        ]
        results = [
            _with_sample(database, promise, step, result, timeout_s, quarantine and replace(quarantine, port=name))
            for promise, step, result in zip(promises, steps, results, strict=True)
        ]
    return PortReport(
        port=name,
        contract_blob=contract_blob,
        rows=measuring.rows,
        staged_rows=measuring.staged_rows,
        results=results,
    )


def _result(promise: Promise, step: Step, taken: Seen | Unseen | None) -> PromiseResult:
    if isinstance(step, Known):
        outcome = Outcome.PASSED if step.kept else _broken(promise)
        return PromiseResult(
            promise=promise.spec, outcome=outcome, reason=step.reason, observed=step.observed, expected=step.expected
        )
    if isinstance(step, Declined):
        return _not_seen(promise, step.reason, error=step.refused)
    assert taken is not None
    if isinstance(taken, Unseen):
        result = _not_seen(promise, taken.reason, error=taken.error)
        return result.model_copy(update={"duration_ms": taken.duration_ms})
    value = taken.value
    if promise.limit.percent and not isinstance(step, Answer) and isinstance(value, int | float):
        value = round(100 * value / taken.rows, 6) if taken.rows else 0
    kept = promise.limit.holds(value)
    return PromiseResult(
        promise=promise.spec,
        outcome=Outcome.PASSED if kept else _broken(promise),
        reason=_why(step, taken, kept=kept),
        observed=value,
        expected=promise.limit.words(_unit(step, promise)),
        failing_rows=taken.failing_rows,
        rows=taken.rows,
        duration_ms=round(taken.duration_ms, 3),
    )


def _broken(promise: Promise) -> Outcome:
    return Outcome.FAILED if promise.spec.severity == "error" else Outcome.WARNED


def _not_seen(promise: Promise, reason: str, *, error: bool) -> PromiseResult:
    """An error blocks publishing, so only a promise of that severity may end in one."""
    if error and promise.spec.severity == "error":
        return PromiseResult(promise=promise.spec, outcome=Outcome.ERROR, reason=_sentence(reason))
    return PromiseResult(
        promise=promise.spec, outcome=Outcome.NOT_EVALUATED, reason=f"Not evaluated, because {reason}."
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


def _unit(step: Step, promise: Promise) -> str:
    if isinstance(step, Answer):
        return ""
    if isinstance(step, Duplicates) and not promise.limit.percent:
        return "recurring values"
    return "of rows" if promise.limit.percent else "rows"


def _why(step: Step, seen: Seen, *, kept: bool) -> str:
    if kept:
        return "There are no rows to look at." if seen.rows == 0 and not isinstance(step, Answer) else ""
    if seen.note:
        return _sentence(seen.note)
    if isinstance(step, Answer) and step.words and isinstance(seen.value, int | float):
        return f"{step.words.format(durations.words(seen.value))}."
    if isinstance(step, Answer):
        return f"The query answers {seen.value}."
    if isinstance(step, Rows):
        return f"There are {seen.rows:,} rows."
    count = seen.failing_rows or 0
    share = f" ({100 * count / seen.rows:.3g} %)" if seen.rows else ""
    return f"{count:,} of {seen.rows:,} rows{share}."


def _with_sample(
    database: Database,
    promise: Promise,
    step: Step,
    result: PromiseResult,
    timeout_s: float,
    quarantine: Quarantine | None = None,
) -> PromiseResult:
    if result.outcome not in (Outcome.FAILED, Outcome.WARNED) or isinstance(step, Known | Declined):
        return result
    if not result.failing_rows or promise.table is None:
        return result
    measure: Measure = step
    named = called((item.name for item in promise.table.key()), promise.table, database.columns)
    keys = [name for name in named if name in database.columns]
    most = max(MOST, quarantine.most) if quarantine else MOST
    rows = sample(database, measure, keys, timeout_s=timeout_s, most=most)
    if quarantine:
        quarantine.keep(quarantined(quarantine.port, result, keys, promise.columns, rows[: quarantine.most]))
    return result.model_copy(update={"sample": rows[:MOST]})
