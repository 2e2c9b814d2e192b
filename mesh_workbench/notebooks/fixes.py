"""Fixes of findings, applied to the document of a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from mesh_workbench.errors import Conflict
from mesh_workbench.model.fix import Edit, Fix, InsertCell, RemoveCell, ReplaceSource, SetMetadata, SetTags
from mesh_workbench.model.notebook import Finding, NotebookAnalysis
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.read import load, source_of

MOST_FIXES = 200
"""Nobody mends more at once."""


def apply_fix(text: str, fix: Fix) -> str:
    """The notebook in `text` with the edits of `fix`; everything else stays, outputs included.

    `fix` must come from an analysis of this very text. A notebook of format 3 becomes one of format 4. Raises
    InvalidInput `notebook.not-a-notebook`, and Conflict `notebook.fix-does-not-fit` for the fix of another text.
    """
    document = load(text)
    for edit in fix.edits:
        _apply(document, edit)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def fix_all(
    text: str, *, codes: Collection[str] = (), look: Callable[[str], NotebookAnalysis] = analyse
) -> tuple[str, list[Finding]]:
    """The notebook in `text` with every fix applied that a finding offers, and those findings.

    With `codes` only findings of these codes count. `look` is called again after each fix: it may make others fit no
    more. Raises as `look`.
    """
    done: list[Finding] = []
    while len(done) < MOST_FIXES:
        offered = [
            (finding, finding.fix)
            for finding in look(text).findings
            if finding.fix and (not codes or finding.code in codes) and finding not in done
        ]
        if not offered:
            break
        finding, fix = offered[0]
        text = apply_fix(text, fix)
        done.append(finding)
    return text, done


def _apply(document: dict[str, Any], edit: Edit) -> None:
    cells: list[dict[str, Any]] = document["cells"]
    if isinstance(edit, SetMetadata):
        own = document["metadata"].get("mesh")
        changed = {**(own if isinstance(own, dict) else {}), edit.name: edit.value}
        document["metadata"]["mesh"] = {name: value for name, value in changed.items() if value is not None}
        return
    if edit.cell > len(cells) - (not isinstance(edit, InsertCell)):
        raise _misfit(edit.cell)
    match edit:
        case SetTags():
            cells[edit.cell]["metadata"]["tags"] = edit.tags
        case ReplaceSource():
            _replace(cells[edit.cell], edit)
        case InsertCell():
            cells.insert(edit.cell, _new_cell(document, edit))
        case RemoveCell():
            del cells[edit.cell]


def _replace(cell: dict[str, Any], edit: ReplaceSource) -> None:
    source = source_of(cell)
    if not edit.start <= edit.end <= len(source):
        raise _misfit(edit.cell)
    changed = source[: edit.start] + edit.text + source[edit.end :]
    cell["source"] = changed.splitlines(keepends=True) if isinstance(cell["source"], list) else changed


def _new_cell(document: dict[str, Any], edit: InsertCell) -> dict[str, Any]:
    taken = {cell.get("id") for cell in document["cells"]}
    cell: dict[str, Any] = {"cell_type": edit.cell_type}
    if taken != {None}:  # before format 4.5 cells have no ids
        cell["id"] = next(name for number in range(len(taken) + 1) if (name := f"mesh-{number}") not in taken)
    cell["metadata"] = {"tags": edit.tags} if edit.tags else {}
    cell["source"] = edit.source.splitlines(keepends=True)
    return cell | ({"execution_count": None, "outputs": []} if edit.cell_type == "code" else {})


def _misfit(cell: int) -> Conflict:
    return Conflict(
        "notebook.fix-does-not-fit",
        f"The fix is for another state of the notebook: it speaks of a place in cell {cell + 1} that is not there.",
        hint="Look at the notebook again, and apply what is offered then.",
    )
