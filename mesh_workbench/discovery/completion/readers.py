"""By which names a notebook calls the function that reads products, as its imports say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from mesh_workbench.notebooks.calls import names_in
from mesh_workbench.notebooks.sources import Source
from mesh_workbench.syntax import module

USUAL = ("mesh.read", "mesh_workbench.read")
"""What is taken for it while nothing is imported."""
_PACKAGE = "mesh_workbench"
_IMPORT = re.compile(r"^[ \t]*((?:import|from)\b(?:\([^)]*\)|\\\n|[^\n\\(])*)", re.MULTILINE)


def readers_in(texts: Iterable[str]) -> list[str]:
    """Such as `m.read` for `import mesh_workbench as m`, and `read`; of cells that may be half written."""
    statements = [statement for text in texts if _PACKAGE in text for statement in _imports(text)]
    tree = ast.Module(statements, [])
    names = names_in([Source(0, "", tree)], changeable=frozenset())
    called = [name for name, function in names.functions.items() if function == "read"]
    return [*(f"{name}.read" for name in names.since), *called]


def _imports(text: str) -> Iterator[ast.stmt]:
    for match in _IMPORT.finditer(text):
        if _PACKAGE not in match[1]:
            continue
        try:
            yield from module(match[1]).body
        except SyntaxError:  # it is being written
            continue
