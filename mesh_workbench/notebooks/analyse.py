"""Everything that can be known of a notebook without running it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mesh_workbench.model.notebook import Finding, FindingLevel, NotebookAnalysis, ParameterSpec
from mesh_workbench.model.project import ProjectFile
from mesh_workbench.notebooks.absolute_paths import absolute_paths
from mesh_workbench.notebooks.bypassed import bypassed
from mesh_workbench.notebooks.calls import calls_in, names_in
from mesh_workbench.notebooks.digest import digest
from mesh_workbench.notebooks.findings import error
from mesh_workbench.notebooks.inputs import inputs_of
from mesh_workbench.notebooks.local_files import local_files
from mesh_workbench.notebooks.outputs import outputs_of
from mesh_workbench.notebooks.parameters import names_of, parameters_cell, parameters_of
from mesh_workbench.notebooks.played import played
from mesh_workbench.notebooks.presets import presets_of
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.sources import Broken, Source, sources
from mesh_workbench.notebooks.suggestion import suggested
from mesh_workbench.notebooks.unattended import unattended
from mesh_workbench.notebooks.unresolved import unresolved
from mesh_workbench.notebooks.written_secrets import written_secrets

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook
    from mesh_workbench.notebooks.folder import NotebookFolder

_SEVERITY = {FindingLevel.ERROR: 0, FindingLevel.WARNING: 1, FindingLevel.INFO: 2}
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$")


def analyse(text: str, folder: NotebookFolder | None = None) -> NotebookAnalysis:
    """Parameters, inputs, outputs, digest and findings (errors first) of the notebook in `text`, and the files that it
    needs when its `folder` is known.

    Runs none of its code. Raises InvalidInput `notebook.not-a-notebook` and `notebook.other-language`; everything
    else that is wrong with it is a finding.
    """
    notebook = parse(text)
    read = list(sources(notebook))
    good = [source for source in read if isinstance(source, Source)]
    findings = [_broken(source) for source in read if isinstance(source, Broken)]

    tagged, said = parameters_cell(notebook)
    findings += said
    parameters: list[ParameterSpec] = []
    for source in good:
        if source.cell == tagged:
            parameters, said = parameters_of(source)
            findings += said

    if tagged is None:
        findings.append(suggested(notebook, good))

    presets, said = presets_of(notebook, parameters)
    findings += said

    names = names_in(good, changeable=names_of(parameters))
    calls = list(calls_in(good, names))
    inputs, said = inputs_of(good, calls, names)
    findings += said
    outputs, said = outputs_of(calls, names)
    findings += said
    findings += unattended(good)
    files: list[ProjectFile] = []
    if folder is not None:
        files, said = local_files(notebook, good, folder, changeable=names_of(parameters))
        findings += said
    findings += written_secrets(notebook, good, names)
    findings += bypassed(notebook, good)
    told = ("notebook.file-outside", "notebook.bypasses-read")
    outside = {(said.cell, said.line) for said in findings if said.code in told}
    findings += [said for said in absolute_paths(good, parameters=tagged) if (said.cell, said.line) not in outside]
    findings += unresolved(read)
    findings += played(notebook)

    title, description = _heading(notebook)
    return NotebookAnalysis(
        language=notebook.language,
        kernel=notebook.kernel,
        cells=len(notebook.cells),
        code_cells=len(read),
        parameters_cell=tagged,
        parameters=parameters,
        presets=presets,
        inputs=inputs,
        outputs=outputs,
        files=files,
        findings=sorted(findings, key=_order),
        digest=digest(notebook),
        title=title,
        description=description,
    )


def _order(finding: Finding) -> tuple[int, int, int]:
    return (
        _SEVERITY[finding.level],
        finding.cell if finding.cell is not None else 1 << 30,
        finding.line or 0,
    )


def _broken(source: Broken) -> Finding:
    return error(
        "syntax-error",
        f"The cell is not Python: {source.message}.",
        hint="Correct that line; what the cell reads and produces cannot be seen before.",
        cell=source.cell,
        line=source.line,
    )


def _heading(notebook: Notebook) -> tuple[str, str]:
    """The first heading and the first paragraph below it, as plain text."""
    title, paragraph = "", []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for line in cell.source.splitlines():
            heading = _HEADING.match(line)
            if heading and not title:
                title = heading[1]
            elif title and line.strip() and not heading:
                paragraph.append(line.strip())
            elif paragraph or (heading and title):
                return title[:200], " ".join(paragraph)[:10_000]
        if title and paragraph:
            break
    return title[:200], " ".join(paragraph)[:10_000]
