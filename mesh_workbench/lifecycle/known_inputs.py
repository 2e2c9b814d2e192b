"""Whether there are the products that a notebook reads, as findings with a fix for names that are nearly right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from mesh_workbench.errors import did_you_mean
from mesh_workbench.model.fix import Fix, ReplaceSource
from mesh_workbench.model.notebook import Finding, FindingLevel, InputSpec, NotebookAnalysis
from mesh_workbench.notebooks.places import offset
from mesh_workbench.notebooks.read import parse

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def looked_up(registry: Registry, text: str, analysis: NotebookAnalysis) -> NotebookAnalysis:
    """The analysis of the notebook in `text` with an error more for each input that no product is."""
    missing = [read for read in analysis.inputs if registry.products.get(*read.port.split(".")[:2]) is None]
    if not missing:
        return analysis
    names = registry.products.names()
    found = [_finding(read, text, names) for read in missing]
    return analysis.model_copy(update={"findings": [*found, *analysis.findings]})


def _finding(read: InputSpec, text: str, names: list[str]) -> Finding:
    domain, product = read.port.split(".")[:2]
    name = f"{domain}.{product}"
    return Finding(
        code="promote.unknown-input",
        level=FindingLevel.ERROR,
        message=f"The notebook reads {read.port}, and there is no product {name}.",
        hint=did_you_mean(name, names),
        cell=read.cell,
        line=read.line,
        fix=_renamed(read, name, text, names),
    )


def _renamed(read: InputSpec, name: str, text: str, names: list[str]) -> Fix | None:
    """The close name in place of the wrong one, where that stands in its line once and as a whole."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.8)
    source = parse(text).cells[read.cell].source
    line = source.split("\n")[read.line - 1]
    if not close or line.count(name) != 1:
        return None
    start = offset(source, read.line, 0) + line.index(name)
    edit = ReplaceSource(cell=read.cell, start=start, end=start + len(name), text=close[0])
    return Fix(label=f"Read {close[0]}", edits=[edit])
