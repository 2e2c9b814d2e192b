"""preflight: execute a notebook as a worker would, in an empty folder with only what its version would hold.

Nothing is published and nothing is stored. What comes of it is a checklist: whether it runs from top to bottom,
produces what it declares, keeps its contracts, and uses only what it declares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.errors import MeshError, RunFailed
from mesh_workbench.executors.base import Cancelled, Executor, Job, Limits, OnProgress
from mesh_workbench.lifecycle.preflight_data import produced
from mesh_workbench.lifecycle.preflight_touched import undeclared
from mesh_workbench.lifecycle.run_folder import manifest_of, write_project
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.notebook import Finding, FindingLevel, InputSpec, NotebookAnalysis
from mesh_workbench.model.preflight import CheckName, PreflightCheck, PreflightRequest
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.run import Failure, Progress
from mesh_workbench.model.runfolder import NOTEBOOK_FILE, RUN_FILE, WORK_FOLDER, RunFolder, StagedOutput
from mesh_workbench.notebooks import remedies
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.notebooks.literals import encode_all
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.values import validate

if TYPE_CHECKING:
    from mesh_workbench.contracts.facts import Facts
    from mesh_workbench.notebooks.folder import NotebookFolder

Resolve = Callable[[list[str]], list[ResolvedPort]]
"""Names of ports to their current releases, as whoever tries it out; raises MeshError."""
_UNKNOWN: dict[CheckName, str] = {
    "runs": "It was not executed.",
    "produces": "What it produces is not known yet.",
    "keeps": "Whether it keeps its contract is not known yet.",
    "declares": "What it uses is not known yet.",
}
_PLACE = re.compile(r"^Cell (\d+), line (\d+)", re.MULTILINE)
_QUOTED = re.compile(r"'([^']+)'")
_MODULE = re.compile(r"No module named '([^']+)'")
_READS = re.compile(r"This run reads ([a-z0-9_.]+)")


@dataclass(frozen=True)
class Trial:
    """A notebook that is tried out in `folder`, which must exist."""

    id: str
    folder: Path
    request: PreflightRequest
    analysis: NotebookAnalysis
    identity: str
    resolve: Resolve
    home: NotebookFolder | None = None
    """The notebook's own folder, as far as it may be read."""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Its project files, by path."""
    contracts: Mapping[str, str] = field(default_factory=dict)
    """Port to ODCS text; one is proposed for the others."""
    facts: Facts | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Tried:
    """What came of it."""

    checks: list[PreflightCheck] = field(default_factory=list)
    report: CheckReport | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    cancelled: bool = False


def preflight(trial: Trial, executor: Executor, on_progress: OnProgress, cancelled: Cancelled) -> Tried:
    """Try it. What is wrong with the notebook is in the checklist; raises InvalidInput `parameter.*` for values that
    do not fit, and what the storage raises."""
    values = values_of(trial.analysis, trial.request)
    understood = _understood(trial.analysis)
    if understood.outcome == "failed":
        return Tried([understood, *_not_looked_at("runs", "produces", "keeps", "declares")])
    inputs, refused = _inputs(trial)
    if refused:
        declares = PreflightCheck(
            name="declares", outcome="failed", message="It reads what cannot be read.", findings=refused
        )
        return Tried([understood, *_not_looked_at("runs", "produces", "keeps"), declares])
    _write(trial, values, inputs)
    job = Job(
        folder=trial.folder,
        kernel=trial.analysis.kernel,
        identity=trial.identity,
        limits=trial.limits,
        witness=True,
    )
    result = executor.execute(job, on_progress, cancelled)
    if result.cancelled:
        return Tried(cancelled=True)
    on_progress(Progress(step="check", message="Checking every promise"))
    staged, runs = _staged(trial, result.failure)
    if result.failure is not None:
        checks = [runs, *_not_looked_at("produces", "keeps")]
        report: CheckReport | None = None
    else:
        makes, keeps, report = produced(
            trial.analysis, trial.folder, staged, trial.contracts, trial.resolve, trial.facts
        )
        checks = [runs, makes, keeps]
    uses = undeclared(trial.folder, trial.request.notebook, trial.analysis, inputs, trial.home)
    rows = {name: line.rows for name, line in staged.items()}
    return Tried([understood, *checks, uses], report, rows)


def values_of(analysis: NotebookAnalysis, request: PreflightRequest) -> dict[str, JsonValue]:
    """The parameters with which it is tried out. Raises InvalidInput `parameter.*`."""
    return validate(analysis.parameters, with_preset(analysis.presets, request.preset, request.parameters))


def _understood(analysis: NotebookAnalysis) -> PreflightCheck:
    findings = [finding for finding in analysis.findings if finding.level is not FindingLevel.INFO]
    errors = any(finding.level is FindingLevel.ERROR for finding in findings)
    return PreflightCheck(
        name="understood",
        outcome="failed" if errors else "warned" if findings else "passed",
        message="It cannot be promoted as it is."
        if errors
        else "It can be promoted; something may hurt its runs."
        if findings
        else "It can be understood without running it.",
        findings=findings,
    )


def _not_looked_at(*names: CheckName) -> list[PreflightCheck]:
    return [PreflightCheck(name=name, outcome="not_checked", message=_UNKNOWN[name]) for name in names]


def _inputs(trial: Trial) -> tuple[dict[str, ResolvedPort], list[Finding]]:
    """What it reads, by name as declared, and a finding for each that it may or can not."""
    found: dict[str, ResolvedPort] = {}
    refused: list[Finding] = []
    for read in trial.analysis.inputs:
        name = f"{read.port}@{read.version}" if read.version else read.port
        if name in found:
            continue
        try:
            [found[name]] = trial.resolve([name])
        except MeshError as error:
            refused.append(_refused(read, error))
    return found, refused


def _refused(read: InputSpec, error: MeshError) -> Finding:
    return Finding(
        code=error.code,
        level=FindingLevel.ERROR,
        message=error.message,
        hint=error.hint,
        cell=read.cell,
        line=read.line,
    )


def _write(trial: Trial, values: Mapping[str, object], inputs: Mapping[str, ResolvedPort]) -> None:
    """The folder of the run that it would be."""
    analysis, request = trial.analysis, trial.request
    place = trial.home.name if trial.home and trial.contents else ""
    document = RunFolder.model_validate(
        {
            "run_id": trial.id,
            "product": request.to or "preflight.notebook",
            "version": "0.0.0",
            "slot": request.slot,
            "scheduled": request.slot is not None,
            "parameters": dict(values),
            "literals": encode_all(analysis.parameters, values),
            "inputs": dict(inputs),
            "outputs": [output.name for output in analysis.outputs],
            "kernel": analysis.kernel,
            "project_folder": place,
        }
    )
    (trial.folder / RUN_FILE).write_text(document.model_dump_json(indent=1), encoding="utf-8")
    (trial.folder / NOTEBOOK_FILE).write_bytes(freeze(request.notebook))
    write_project(trial.folder / WORK_FOLDER, place, trial.contents)


def _staged(trial: Trial, failure: Failure | None) -> tuple[dict[str, StagedOutput], PreflightCheck]:
    cells = trial.analysis.code_cells
    try:
        staged = manifest_of(trial.folder, 1)
    except RunFailed as error:
        failure, staged = Failure(failure_class="user_code", code=error.code, message=error.message), {}
    if failure is None:
        said = f"It runs from top to bottom: {cells} code cell{'' if cells == 1 else 's'}."
        return staged, PreflightCheck(name="runs", outcome="passed", message=said)
    where = "before its first cell" if failure.cell is None else f"in cell {failure.cell + 1}"
    finding = _failing(trial, failure)
    return staged, PreflightCheck(name="runs", outcome="failed", message=f"It fails {where}.", findings=[finding])


def _failing(trial: Trial, failure: Failure) -> Finding:
    places = [(int(cell) - 1, int(line)) for cell, line in _PLACE.findall(failure.traceback)]
    line = next((line for cell, line in reversed(places) if cell == failure.cell), None)
    notebook = parse(trial.request.notebook)
    fix = None
    files = _missing_files(trial, failure)
    reads = _READS.search(failure.message)
    if files:
        fix = remedies.package(notebook, files)
    elif failure.code == "run.undeclared-input" and reads and failure.cell is not None:
        fix = remedies.declare(notebook, reads[1].rstrip("."), failure.cell)
    elif failure.message.startswith("KeyError:") and (variable := _QUOTED.search(failure.message)):
        fix = remedies.take_as_secret(notebook, variable[1])
    return Finding(
        code=failure.code,
        level=FindingLevel.ERROR,
        message=failure.message,
        hint="It lies in the notebook's folder, and is no part of the version yet." if files else failure.hint,
        cell=failure.cell,
        line=line,
        fix=fix,
    )


def _missing_files(trial: Trial, failure: Failure) -> list[str]:
    """What the cell missed and the notebook's folder has, relative to it."""
    home = trial.home
    if home is None:
        return []
    module = _MODULE.search(failure.message)
    if module:
        stem = module[1].replace(".", "/")
        wanted = [f"{stem}.py", f"{stem}/__init__.py"]
    else:
        wanted = _QUOTED.findall(failure.message)
    found = [name for name in wanted if _is_there(home, name)]
    return [
        name if not name.endswith("/__init__.py") else f"{name.removesuffix('/__init__.py')}/**/*.py" for name in found
    ]


def _is_there(home: NotebookFolder, name: str) -> bool:
    from mesh_workbench.notebooks.folder import Refused

    try:
        return home.is_file(home.path_of(name))
    except Refused:
        return False
