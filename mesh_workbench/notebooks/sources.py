"""The Python in a cell: IPython's magics and shell escapes become calls that an ordinary parser reads."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mesh_workbench.syntax import module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesh_workbench.notebooks.document import Notebook

WRAPPERS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose body is Python that runs in the notebook."""
_MAGIC_MARKS = ("%", "!", "?")


@dataclass(frozen=True)
class Magic:
    """A magic call in a cell: `%name line`, or `%%name line` with a body."""

    name: str
    line: str
    body: str | None
    """None for a line magic."""
    at: int
    """Line in the cell, from 1."""


@dataclass(frozen=True)
class Source:
    """A code cell as Python: the statements of `tree` have the cell's own line numbers."""

    cell: int
    code: str
    tree: ast.Module
    magics: list[Magic] = field(default_factory=list)

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of `tree` that says something, breadth first.

        Many look at all of them, and walking takes longest of all: hence here, and by hand.
        """
        found: list[ast.AST] = [self.tree]
        for node in found:
            found += children(node)
        return found


def children(node: ast.AST) -> list[ast.AST]:
    """As `ast.iter_child_nodes`, in half the time, without nodes such as `Load` that have no parts."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found


@dataclass(frozen=True)
class Broken:
    """A code cell that is no Python: what is wrong, and in which line (from 1)."""

    cell: int
    message: str
    line: int


def sources(notebook: Notebook) -> Iterator[Source | Broken]:
    """Each code cell that is not empty, in order. `notebook` comes from `read.parse`."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            yield source_of(cell.source, index)


def source_of(text: str, cell: int = 0) -> Source | Broken:
    """The Python of one cell's `text`."""
    magics: list[Magic] = []
    try:
        code, tree = _python(text)
        if "_magic(" in code:
            _collect(tree, magics)
    except SyntaxError as error:
        return Broken(cell, error.msg or "invalid syntax", error.lineno or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(cell, str(error) or "the cell is nested too deeply", 1)
    return Source(cell, code, tree, magics)


def _python(text: str) -> tuple[str, ast.Module]:
    try:
        return text, module(text)
    except SyntaxError:
        if not any(mark in text for mark in _MAGIC_MARKS):
            raise
    from IPython.core.inputtransformer2 import TransformerManager

    # The transformer drops leading empty lines; put them back, so that line numbers stay true.
    leading = len(text) - len(text.lstrip("\n"))
    code = "\n" * leading + TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
    return code, module(code)


def _collect(tree: ast.Module, magics: list[Magic]) -> None:
    """Fill `magics`, and put the body of wrapping magics such as %%time into the tree in place of the call."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(line)), *_],
            ):
                magics.append(Magic(name, line, None, node.lineno))
            case ast.Call(
                func=ast.Attribute(attr="run_cell_magic"),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(line)), ast.Constant(value=str(body))],
            ):
                magics.append(Magic(name, line, body, node.lineno))
    wrapped = next((magic for magic in magics if magic.body is not None and magic.name in WRAPPERS), None)
    if wrapped is not None and wrapped.body is not None:
        inner = source_of("\n" * wrapped.at + wrapped.body)
        if isinstance(inner, Broken):
            raise SyntaxError(inner.message, ("<cell>", inner.line, 0, ""))
        tree.body = inner.tree.body
        magics.extend(inner.magics)
