"""Paths that code writes down: texts, `Path("data") / "rates.csv"`, `os.path.join(…)`, what is beside `__file__`."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterable

Joining = Callable[[list[str]], str]
_PATH = frozenset({"Path", "PurePath", "PosixPath", "PurePosixPath"})
_SAME = frozenset({"resolve", "absolute", "abspath", "realpath", "normpath", "fspath", "str"})


class Paths:
    """Evaluates expressions to paths relative to the kernel's working directory, knowing names that never change."""

    def __init__(
        self, trees: Iterable[ast.Module], *, changeable: frozenset[str] = frozenset(), file: str = ""
    ) -> None:
        """`trees` are read in their order; a name that is bound twice, or is in `changeable`, is not known. `file` is
        what `__file__` means: the path of a module."""
        self._file = file
        self._known: dict[str, str] = {}
        trees = list(trees)
        bound = _bound(trees)
        for tree in trees:
            for statement in tree.body:
                match statement:
                    case (
                        ast.Assign(targets=[ast.Name(id=name)], value=value)
                        | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    ) if bound[name] == 1 and name not in changeable:
                        text = self.of(value)
                        if text is not None:
                            self._known[name] = text

    def of(self, node: ast.expr | None) -> str | None:
        """The path, or text, that an expression always is; None when that cannot be said."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id="__file__"):
                return self._file or None
            case ast.Name(id=name):
                return self._known.get(name)
            case ast.BinOp(left=left, op=ast.Add() | ast.Div() as operation, right=right):
                first, second = self.of(left), self.of(right)
                if first is None or second is None:
                    return None
                return posixpath.join(first, second) if isinstance(operation, ast.Div) else first + second
            case ast.JoinedStr(values=values):
                return self._joined(values, "".join)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.of(value)
            case ast.Attribute(value=value, attr="parent"):
                return self._parent(value)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._called(name, None, args)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args):
                return self._called(name, value, args)
        return None

    def each_of(self, node: ast.expr | None) -> list[str | None]:
        """The paths of a list or of one expression; None for each that cannot be said."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.of(item) for item in node.elts]
        return [self.of(node)]

    def _called(self, name: str, receiver: ast.expr | None, args: list[ast.expr]) -> str | None:
        if name in _PATH:
            return self._joined(args, lambda parts: posixpath.join(*parts)) if args else "."
        if name in ("cwd", "getcwd") and not args:
            return "."
        if name == "join" and receiver is not None and args and ast.unparse(receiver) in ("os.path", "path"):
            return self._joined(args, lambda parts: posixpath.join(*parts))
        if name == "dirname" and args:
            return self._parent(args[0])
        if name == "joinpath" and receiver is not None:
            return self._joined([receiver, *args], lambda parts: posixpath.join(*parts))
        if name in _SAME:
            return self.of(args[0] if args else receiver)
        return None

    def _parent(self, node: ast.expr) -> str | None:
        text = self.of(node)
        if text is None:
            return None
        path = posixpath.normpath(text)
        return f"{path}/.." if path == "." or path.endswith("..") else posixpath.dirname(path) or "."

    def _joined(self, nodes: list[ast.expr], join: Joining) -> str | None:
        parts = [self.of(node) for node in nodes]
        return None if None in parts else join([part or "" for part in parts])


def _bound(trees: Iterable[ast.Module]) -> dict[str, int]:
    found: dict[str, int] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found[node.id] = found.get(node.id, 0) + 1
    return found
