"""Secrets that are written in a notebook: whoever reads the notebook reads them, now and in every version."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mesh_workbench.model.fix import Edit, Fix, InsertCell
from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.calls import Names
from mesh_workbench.notebooks.findings import error
from mesh_workbench.notebooks.places import replaced
from mesh_workbench.notebooks.secret_shapes import named, shaped
from mesh_workbench.notebooks.sources import Source

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Cell, Notebook

IMPORT = "import mesh_workbench as mesh"
_PARDON = re.compile("not a secret", re.IGNORECASE)


def written_secrets(notebook: Notebook, sources: Sequence[Source], names: Names) -> Iterator[Finding]:
    """An error for each line with a secret; what it is, never the secret itself.

    Comments, text cells and cells that are no Python are read, too. A line that says `not a secret` is believed.
    """
    told: set[tuple[int, int]] = set()
    for source in sources:
        cell = notebook.cells[source.cell]
        for name, what, node, line in _in_python(source):
            if (source.cell, line) not in told and not _pardoned(cell, line):
                told.add((source.cell, line))
                fix = _fix(notebook, source.cell, node, name, names) if node is not None else None
                yield _finding(what, name, source.cell, line, fix)
    for index, cell in enumerate(notebook.cells):
        for number, text in enumerate(cell.source.split("\n"), 1):
            found = shaped(text)
            if found and (index, number) not in told and not _pardoned(cell, number):
                yield _finding(found[1], found[0], index, number, None)


def _in_python(source: Source) -> Iterator[tuple[str, str, ast.Constant | None, int]]:
    """Variable to keep it in, what it is, the literal (None inside another text), line."""
    parts = {id(part) for node in source.nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in source.nodes:
        for name, value in _bound(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                what = named(name, value.value)
                if what:
                    yield _variable(name), what, value, value.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = shaped(node.value)
            if found:
                above = node.value.count("\n", 0, found[2]) if node.end_lineno != node.lineno else 0
                yield found[0], found[1], None if id(node) in parts else node, node.lineno + above
    for magic in source.magics:
        if magic.name in ("env", "set_env"):
            name, _, text = magic.line.strip().replace(" ", "=", 1).partition("=")
            what = named(name.strip(), text.strip(" '\""))
            if what:
                yield _variable(name), what, None, magic.at


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names with the values that they are given."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    pairs = zip(target.elts, value.elts, strict=False)
                else:
                    pairs = zip([target], [value], strict=True)
                yield from ((_name(one), its) for one, its in pairs)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield _name(target), value
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.arguments(args=args, defaults=defaults) if defaults:
            yield from zip((arg.arg for arg in args[-len(defaults) :]), defaults, strict=False)


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _variable(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").upper()
    return plain if plain and not plain[0].isdigit() else "SECRET"


def _pardoned(cell: Cell, line: int) -> bool:
    lines = cell.source.split("\n")
    return line <= len(lines) and _PARDON.search(lines[line - 1]) is not None


def _finding(what: str, name: str, cell: int, line: int, fix: Fix | None) -> Finding:
    return error(
        "written-secret",
        f"This looks like {what}; everybody who reads the notebook would read it, in every version.",
        hint=f'Set it as the environment variable {name} of the worker, and write mesh.secret("env:{name}"). '
        "If it is none, say not a secret in a comment on its line.",
        cell=cell,
        line=line,
        fix=fix,
    )


def _fix(notebook: Notebook, cell: int, node: ast.Constant, name: str, names: Names) -> Fix | None:
    module = next((module for module, since in sorted(names.since.items()) if since < (cell, node.lineno)), None)
    edit = replaced(notebook.cells[cell].source, node, f'{module or "mesh"}.secret("env:{name}")', cell=cell)
    if edit is None:
        return None
    edits: list[Edit] = [edit]
    if module is None:
        edits.append(InsertCell(cell=0, source=IMPORT))
    return Fix(label=f'Replace by mesh.secret("env:{name}")', edits=edits)
