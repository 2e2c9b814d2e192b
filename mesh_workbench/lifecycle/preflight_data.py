"""What a preflight produced, held against what the notebook declares and what its contracts promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.infer import infer
from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.check import check, summary
from mesh_workbench.lifecycle.surroundings import foreign_of
from mesh_workbench.model.check import CheckReport, Outcome, PromiseResult
from mesh_workbench.model.notebook import Finding, FindingLevel, NotebookAnalysis, OutputSpec
from mesh_workbench.model.preflight import PreflightCheck
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.runfolder import StagedOutput

if TYPE_CHECKING:
    from mesh_workbench.contracts.facts import Facts

_LEVELS = {
    Outcome.FAILED: FindingLevel.ERROR,
    Outcome.ERROR: FindingLevel.ERROR,
    Outcome.WARNED: FindingLevel.WARNING,
}


def produced(
    analysis: NotebookAnalysis,
    folder: Path,
    staged: Mapping[str, StagedOutput],
    contracts: Mapping[str, str],
    resolve: Callable[[list[str]], list[ResolvedPort]],
    facts: Facts | None,
) -> tuple[PreflightCheck, PreflightCheck, CheckReport | None]:
    """Whether every declared output is there, whether what is there keeps its contract, and the report about that."""
    makes = _makes(analysis.outputs, staged)
    candidates = {name: _candidate(folder, line) for name, line in staged.items()}
    given = {port: text for port, text in contracts.items() if port in candidates}
    proposals, problems = _proposals(analysis.outputs, candidates, given)
    report = _report(candidates, given, resolve, facts) if given else None
    places = {output.name: output for output in analysis.outputs}
    findings = [
        _broken(places.get(port.port), result)
        for port in (report.ports if report else [])
        for result in port.results
        if result.outcome in _LEVELS
    ]
    findings += problems
    failed = any(finding.level is FindingLevel.ERROR for finding in findings)
    said = [f"{summary(report)}."] if report else []
    said += [f"A contract of {count} promises is proposed for {port}." for port, count in proposals.items()]
    keeps = PreflightCheck(
        name="keeps",
        outcome="failed" if failed else "warned" if findings else "passed" if said else "not_checked",
        message=" ".join(said) or "There is no data to hold against a contract.",
        findings=findings,
    )
    return makes, keeps, report


def _makes(declared: list[OutputSpec], staged: Mapping[str, StagedOutput]) -> PreflightCheck:
    findings = []
    for output in declared:
        line = staged.get(output.name)
        if line is None or line.rows == 0:
            findings.append(
                Finding(
                    code="preflight.no-output" if line is None else "preflight.no-rows",
                    level=FindingLevel.ERROR if line is None else FindingLevel.WARNING,
                    message=f"{output.name} was not produced." if line is None else f"{output.name} has no rows.",
                    hint="Every declared output must be staged in every run; look for a branch that skips mesh.output."
                    if line is None
                    else "Try other values of the parameters, or say in the contract that it may be empty.",
                    cell=output.cell,
                    line=output.line,
                )
            )
    missing = any(finding.level is FindingLevel.ERROR for finding in findings)
    made = ", ".join(f"{name} ({line.rows:,} rows)" for name, line in staged.items())
    return PreflightCheck(
        name="produces",
        outcome="failed" if missing else "warned" if findings else "passed",
        message="It does not produce what it declares." if missing else f"It produces {made}.",
        findings=findings,
    )


def _candidate(folder: Path, line: StagedOutput) -> Candidate:
    files = [str(folder / file) for file in line.files]
    return Candidate(line.output, files, files, decode_schema(line.arrow_schema))


def _proposals(
    outputs: list[OutputSpec], candidates: Mapping[str, Candidate], given: Mapping[str, str]
) -> tuple[dict[str, int], list[Finding]]:
    """How many promises could be made for each output without a contract; where none can be, why."""
    found: dict[str, int] = {}
    problems: list[Finding] = []
    for output in outputs:
        if output.name in given or output.name not in candidates:
            continue
        try:
            found[output.name] = len(infer(output.name, candidates[output.name], keys=output.keys).promises)
        except MeshError as error:
            problems.append(
                Finding(
                    code=error.code,
                    level=FindingLevel.ERROR,
                    message=error.message,
                    hint=error.hint,
                    cell=output.cell,
                    line=output.line,
                )
            )
    return found, problems


def _report(
    candidates: Mapping[str, Candidate],
    contracts: Mapping[str, str],
    resolve: Callable[[list[str]], list[ResolvedPort]],
    facts: Facts | None,
) -> CheckReport:
    own = {port: candidate.files for port, candidate in candidates.items()}
    checked = {
        port: replace(candidates[port], foreign=foreign_of(parse(text), port, own, resolve))
        for port, text in contracts.items()
    }
    return check(contracts, checked, facts=facts)


def _broken(output: OutputSpec | None, result: PromiseResult) -> Finding:
    rows = f" {result.failing_rows:,} rows break it." if result.failing_rows else ""
    return Finding(
        code="preflight.promise-broken",
        level=_LEVELS[result.outcome],
        message=f"{result.promise.words}: {result.reason or result.outcome.value}.".replace("..", ".") + rows,
        hint="Correct the data, or what the contract says about it.",
        cell=output.cell if output else None,
        line=output.line if output else None,
    )
