"""From what Python's parser says of a place to an edit there."""

from __future__ import annotations

import ast

from mesh_workbench.model.fix import ReplaceSource
from mesh_workbench.syntax import module


def replaced(source: str, node: ast.expr | ast.stmt, text: str, *, cell: int) -> ReplaceSource | None:
    """The edit that puts `text` in place of `node`; None when the node is not in `source` as it stands there.

    `source` is the cell's own, in which magics are not Python yet: what the parser saw in their lines stands elsewhere.
    """
    try:
        start = offset(source, node.lineno, node.col_offset)
        end = offset(source, node.end_lineno or node.lineno, node.end_col_offset or 0)
        same = ast.dump(module(source[start:end].strip()).body[0]) == _statement(node)
    except (SyntaxError, ValueError, IndexError):
        return None
    return ReplaceSource(cell=cell, start=start, end=end, text=text) if same else None


def offset(source: str, line: int, column: int) -> int:
    """Characters before `line` (from 1) and `column` (bytes in UTF-8, from 0). Raises IndexError."""
    lines = source.split("\n")
    before = lines[line - 1].encode()[:column].decode(errors="ignore")
    return sum(len(above) + 1 for above in lines[: line - 1]) + len(before)


def _statement(node: ast.expr | ast.stmt) -> str:
    return ast.dump(ast.Expr(value=node) if isinstance(node, ast.expr) else node)
