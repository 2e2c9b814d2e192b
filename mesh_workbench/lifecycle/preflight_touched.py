"""What a notebook used in a preflight beyond what it declares: files, variables, inputs of any version."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.model.notebook import Finding, FindingLevel, NotebookAnalysis
from mesh_workbench.model.preflight import PreflightCheck
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.runfolder import TOUCHED_FILE
from mesh_workbench.notebooks import remedies
from mesh_workbench.notebooks.read import parse

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook
    from mesh_workbench.notebooks.folder import NotebookFolder

MOST = 20
"""Files that are told; a notebook that reads a folder of thousands has one problem."""


def undeclared(
    folder: Path,
    text: str,
    analysis: NotebookAnalysis,
    inputs: Mapping[str, ResolvedPort],
    home: NotebookFolder | None,
) -> PreflightCheck:
    """Whether the notebook, executed in `folder`, used only what it declares."""
    notebook = parse(text)
    touched = list(_touched(folder))
    allowed = {os.path.realpath(file) for port in inputs.values() for file in port.files}
    tables = tuple(os.path.realpath(port.table) + os.sep for port in inputs.values())
    inside = str(folder.resolve()) + os.sep
    files = [
        path
        for kind, path in touched
        if kind == "read" and path not in allowed and not path.startswith((inside, *tables))
    ]
    findings = [_file(notebook, path, home) for path in files[:MOST]]
    findings += [_variable(notebook, name) for kind, name in touched if kind == "variable"]
    pins = list(_unpinned(notebook, analysis, inputs))
    return PreflightCheck(
        name="declares",
        outcome="warned" if findings else "passed",
        message="It uses more than it declares." if findings else "It uses only what it declares.",
        findings=[*findings, *pins],
    )


def _touched(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = (folder / TOUCHED_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        yield from json.loads(line).items()


def _file(notebook: Notebook, path: str, home: NotebookFolder | None) -> Finding:
    where = next((index for index, cell in enumerate(notebook.cells) if path in cell.source), None)
    own = home is not None and path.startswith(str(home.root / home.name) + os.sep)
    return Finding(
        code="preflight.outside-file",
        level=FindingLevel.WARNING,
        message=f"It reads {path}, which is not part of its version.",
        hint="Write its name relative to the notebook, so that it is packaged."
        if own
        else "Another worker may not have it: put it into the notebook's folder, or make a data product of it.",
        cell=where,
        fix=None
        if where is None or not own or home is None
        else remedies.relative(notebook, path, home.root / home.name),
    )


def _variable(notebook: Notebook, name: str) -> Finding:
    where = next((index for index, cell in enumerate(notebook.cells) if name in cell.source), None)
    return Finding(
        code="preflight.variable-missing",
        level=FindingLevel.WARNING,
        message=f"It asks its environment for {name}, which a run does not have.",
        hint=f'A run is given only what the notebook names as a secret: mesh.secret("env:{name}"). '
        "What is no secret is better a parameter.",
        cell=where,
        fix=remedies.take_as_secret(notebook, name),
    )


def _unpinned(notebook: Notebook, analysis: NotebookAnalysis, inputs: Mapping[str, ResolvedPort]) -> Iterator[Finding]:
    for read in analysis.inputs:
        found = inputs.get(read.port)
        if read.version or found is None:
            continue
        major = found.version.partition(".")[0]
        yield Finding(
            code="preflight.unpinned-input",
            level=FindingLevel.INFO,
            message=f"It reads whatever version of {read.port} is the newest; now that is {found.version}.",
            hint="Pin the major version, and a breaking change of it reaches you when you are ready.",
            cell=read.cell,
            line=read.line,
            fix=remedies.pin(notebook, read, major),
        )
