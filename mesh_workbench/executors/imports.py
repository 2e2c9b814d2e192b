"""What a notebook imports in any case, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from mesh_workbench.syntax import module

USUAL = ("pandas", "polars", "duckdb", "pyarrow", "mesh_workbench")
"""What data products import, so it is done ahead where it is installed."""
# Parts that these load only when they are first used, but nearly always.
PARTS = """pandas.io.formats.html pandas.io.formats.string pyarrow.pandas_compat pyarrow.dataset pyarrow.parquet
    mesh_workbench.session mesh_workbench.settings mesh_workbench.storage.normalise
    mesh_workbench.storage.parquet""".split()


def imported(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that code cells import as statements of their own, in order. Cells that are not plain Python but for
    magics and shell commands are left out."""
    found: dict[str, None] = {}
    for source in sources:
        try:
            tree = module(_without_magics(source))
        except (SyntaxError, ValueError):
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                found.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level and node.module != "__future__":
                found[node.module] = None
    return tuple(found)


def _without_magics(source: str) -> str:
    if source.lstrip().startswith("%%"):
        return ""
    return "\n".join("" if line.startswith(("%", "!", "?")) else line for line in source.splitlines())
