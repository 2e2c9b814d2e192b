"""Which cell looks like the parameters, when none says that it is."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh_workbench.model.fix import Edit, Fix, InsertCell, ReplaceSource
from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.defaults import NOT_LITERAL, read_value
from mesh_workbench.notebooks.findings import info
from mesh_workbench.notebooks.parameters import TAG, tag_fix
from mesh_workbench.notebooks.places import offset
from mesh_workbench.notebooks.references import Reference
from mesh_workbench.notebooks.sources import Source

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook

NEAR_THE_TOP = 6
"""Of the cells with code, so many are looked at: parameters stand first."""


def suggested(notebook: Notebook, sources: Sequence[Source]) -> Finding:
    """A finding that names the cell, the reason, and a fix; where nothing looks so, that there are no parameters."""
    for position, source in enumerate(sources[:NEAR_THE_TOP]):
        statements = [one for one in source.tree.body if _knob(one)]
        names = [name for one in statements for name in _targets(one)]
        used = _used(sources[position:], statements)
        wanted = [name for name in names if name in used]
        if not wanted:
            continue
        others = [one for one in source.tree.body if one not in statements and not _docstring(one)]
        if not others and not source.magics:
            return _finding(source, wanted, "only assigns", tag_fix(source.cell, notebook.cells[source.cell].tags))
        fix = _moved(notebook, source, [one for one in statements if set(_targets(one)) & used])
        if fix and all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in others):
            return _finding(source, wanted, "assigns, beside its imports,", fix)
    return info(
        "no-parameters-cell",
        "The notebook has no parameters.",
        hint=f"Tag a cell {TAG} and assign defaults in it, if runs should differ.",
    )


def _finding(source: Source, names: list[str], how: str, fix: Fix) -> Finding:
    return info(
        "parameters-suggested",
        f"No cell is tagged {TAG}. This one looks like it: it {how} {_listed(names)}, which the cells after it use.",
        hint=f"Tag it {TAG}, if runs should differ in that.",
        cell=source.cell,
        fix=fix,
    )


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 5 else [*names[:4], f"{len(names) - 4} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _knob(statement: ast.stmt) -> bool:
    """Whether it gives plain names literal values."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            literal = read_value(value)
            known = literal is not NOT_LITERAL and not isinstance(literal, Reference)
            return known and name.isascii() and not name.startswith("_") and not _big(literal)
    return False


def _big(value: object) -> bool:
    """A table rather than a knob."""
    return isinstance(value, (list, tuple, dict, set)) and len(value) > 20


def _targets(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _used(sources: Sequence[Source], besides: list[ast.stmt]) -> set[str]:
    """Names that are read, also as `$name` in SQL, and never assigned again: a counter is no parameter."""
    read: set[str] = set()
    written: set[str] = set()
    own = {id(node) for statement in besides for node in ast.walk(statement)}
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.Name) and id(node) not in own:
                (read if isinstance(node.ctx, ast.Load) else written).add(node.id)
        for magic in source.magics:
            read |= {word.strip("$,;()").split(".")[0] for word in (magic.body or magic.line).split() if "$" in word}
    return read - written


def _docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _moved(notebook: Notebook, source: Source, statements: list[ast.stmt]) -> Fix | None:
    """Whole lines of assignments out of their cell and into a new one before it."""
    if source.magics:
        return None
    text = notebook.cells[source.cell].source
    lines = text.split("\n")
    edits: list[Edit] = []
    kept: list[str] = []
    for statement in statements:
        end = statement.end_lineno or statement.lineno
        alone = not any(
            other is not statement and other.lineno <= end and (other.end_lineno or other.lineno) >= statement.lineno
            for other in source.tree.body
        )
        if not alone:
            return None
        start = offset(text, statement.lineno, 0)
        stop = offset(text, end + 1, 0) if end < len(lines) else len(text)
        kept.append(text[start:stop].rstrip("\n"))
        edits.insert(0, ReplaceSource(cell=source.cell, start=start, end=stop, text=""))
    edits.append(InsertCell(cell=source.cell, source="\n".join(kept), tags=[TAG]))
    return Fix(label="Move them to a cell of their own", edits=edits)
