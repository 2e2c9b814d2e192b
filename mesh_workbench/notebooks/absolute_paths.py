"""Paths that mean something on one machine only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.findings import warning
from mesh_workbench.notebooks.sources import Source

_ABSOLUTE = re.compile(
    r"(?:file://)?/(?:home|Users|root|mnt|media|content|dbfs|data|opt|srv|var|Volumes|kaggle|workspaces?|drive)/[^\n]+"
    r"|~[\\/][^\n]+|[A-Za-z]:(?:\\|/(?!/))[^\n]+|\\\\[^\\\n]+\\[^\n]+"
)


def absolute_paths(sources: Iterable[Source], *, parameters: int | None) -> Iterator[Finding]:
    """A warning for each line that names one. In the cell `parameters` they may stand: a run can be given another."""
    for source in sources:
        if source.cell == parameters:
            continue
        told: set[int] = set()
        for node in source.nodes:
            match node:
                case ast.Constant(value=str(text)) if len(text) < 1000 and _ABSOLUTE.fullmatch(text):
                    if node.lineno not in told:
                        told.add(node.lineno)
                        yield _finding(text, source.cell, node.lineno)


def _finding(path: str, cell: int, line: int) -> Finding:
    shown = path if len(path) <= 80 else f"{path[:77]}…"
    return warning(
        "absolute-path",
        f"{shown} is a place on this machine; a run elsewhere does not find it.",
        hint="Put the file beside the notebook and name it from there, read a product, or make the path a parameter.",
        cell=cell,
        line=line,
    )
