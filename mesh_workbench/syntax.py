"""Python source to its syntax tree, from many threads."""

from __future__ import annotations

import ast
import threading
import warnings

# Python 3.11 loses count of a tree's depth when another thread builds one meanwhile, and raises SystemError
# (https://github.com/python/cpython/issues/106905).
_ONE_AT_A_TIME = threading.Lock()


def module(code: str) -> ast.Module:
    """The tree of a cell or file; `await` may stand outside of functions. Raises SyntaxError, ValueError,
    RecursionError."""
    tree = _parsed(code, "exec")
    assert isinstance(tree, ast.Module)
    return tree


def expression(code: str) -> ast.expr:
    """The tree of one expression. Raises SyntaxError, ValueError, RecursionError."""
    tree = _parsed(code, "eval")
    assert isinstance(tree, ast.Expression)
    return tree.body


def _parsed(code: str, mode: str) -> ast.AST:
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubtful escapes are the author's business, not the server log's
        tree: ast.AST = compile(code, "<cell>", mode, ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return tree
