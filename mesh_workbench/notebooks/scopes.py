"""Which names a cell needs and which it defines, in the order in which Python would come to them.

Loops are taken to have run before, branches to be taken, functions to be called when everything is defined: what is
reported as missing is missing whatever the data.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from mesh_workbench.notebooks.sources import children

_FORGIVING = frozenset({"NameError", "Exception", "BaseException"})


@dataclass
class Flow:
    """What happens to names at the top of a notebook, cell after cell."""

    defined: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)
    """Names that were defined once, also those that `del` took away."""
    now: list[ast.Name] = field(default_factory=list)
    """Loads of names that nothing had defined before."""
    later: list[ast.Name] = field(default_factory=list)
    """Loads inside functions of names that are not theirs: they must be defined when the function is called."""
    unknown: bool = False
    """Whether something defined names that cannot be told from the source: a star import, `exec`."""
    annotations: bool = True
    """Whether annotations are evaluated; not after `from __future__ import annotations`."""

    def run(self, statements: Iterable[ast.stmt]) -> None:
        """Go on with these statements."""
        for statement in statements:
            self._visit(statement, [])

    def _visit(self, node: ast.AST, scopes: list[set[str]]) -> None:
        """`scopes` are the local names around `node`, from the outside."""
        handle = _HANDLERS.get(type(node))
        if handle is not None:
            handle(self, node, scopes)
            return
        for name in _other_names(node):
            self._define(name, scopes)
        self._all(children(node), scopes)

    def _name(self, node: ast.Name, scopes: list[set[str]]) -> None:
        if isinstance(node.ctx, ast.Load):
            self._load(node, node.id, scopes)
        elif isinstance(node.ctx, ast.Store):
            self._define(node.id, scopes)
        elif not scopes:
            self.defined.discard(node.id)

    def _call(self, node: ast.Call, scopes: list[set[str]]) -> None:
        self.unknown |= isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC
        self._all(children(node), scopes)

    def _all(self, nodes: Iterable[ast.AST | None], scopes: list[set[str]]) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scopes)

    def _load(self, node: ast.Name, name: str, scopes: list[set[str]]) -> None:
        if self.unknown or name in self.defined or any(name in scope for scope in scopes):
            return
        if any(isinstance(scope, _Late) for scope in scopes):
            self.later.append(node)
        else:
            self.now.append(node)

    def _define(self, name: str, scopes: list[set[str]]) -> None:
        # A walrus in a comprehension defines in the scope around it.
        around = next((scope for scope in reversed(scopes) if not isinstance(scope, _Passing)), None)
        (self.defined if around is None else around).add(name)
        if around is None:
            self.ever.add(name)

    def _assign(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, scopes: list[set[str]]) -> None:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self._load(node.target, node.target.id, scopes)
        if isinstance(node, ast.AnnAssign):
            if self.annotations:
                self._visit(node.annotation, scopes)
            if node.value is None and isinstance(node.target, ast.Name) and scopes:
                return
        self._all([node.value], scopes)
        self._all(node.targets if isinstance(node, ast.Assign) else [node.target], scopes)

    def _import(self, node: ast.Import | ast.ImportFrom, scopes: list[set[str]]) -> None:
        for alias in node.names:
            origin = node.module if isinstance(node, ast.ImportFrom) else None
            if alias.name == "*":
                self.unknown = True
            else:
                self.annotations &= (origin, alias.name) != ("__future__", "annotations")
                self._define(
                    alias.asname or (alias.name if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]),
                    scopes,
                )

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scopes: list[set[str]]) -> None:
        arguments = node.args
        self._all([*arguments.defaults, *arguments.kw_defaults], scopes)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        names = [one for one in every if one is not None]
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        own = _Late({one.arg for one in names})
        if not isinstance(node, ast.Lambda):
            self._all(node.decorator_list, scopes)
            own |= _type_parameters(node)
            if self.annotations:
                self._all([*(one.annotation for one in names), node.returns], [*scopes, _type_parameters(node)])
            self._define(node.name, scopes)
            _, outside = bound_in(node.body)
            self.defined |= outside
            self.ever |= outside
        own |= bound_in(body)[0]
        self._all(body, [*(scope for scope in scopes if not isinstance(scope, _OfClass)), own])

    def _class(self, node: ast.ClassDef, scopes: list[set[str]]) -> None:
        inside = [*scopes, _OfClass(_type_parameters(node))]
        self._all(node.decorator_list, scopes)
        self._all([*node.bases, *(keyword.value for keyword in node.keywords)], inside)
        self._all(node.body, inside)
        self._define(node.name, scopes)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scopes: list[set[str]]
    ) -> None:
        inside = [*scopes, _Passing()]
        for number, generator in enumerate(node.generators):
            self._visit(generator.iter, scopes if number == 0 else inside)
            inside[-1] |= {
                name.id
                for name in ast.walk(generator.target)
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
            }
            self._all(generator.ifs, inside)
        self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt], inside)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, scopes: list[set[str]]) -> None:
        if isinstance(node, ast.While):
            self._visit(node.test, scopes)
        else:
            self._all([node.iter, node.target], scopes)
        for name in bound_in(node.body)[0]:
            self._define(name, scopes)
        self._all([*node.body, *node.orelse], scopes)

    def _try(self, node: ast.Try | ast.TryStar, scopes: list[set[str]]) -> None:
        known = len(self.now), len(self.later)
        self._all(node.body, scopes)
        if any(_forgives(handler) for handler in node.handlers):
            del self.now[known[0] :], self.later[known[1] :]
        for handler in node.handlers:
            self._all([handler.type], scopes)
            if handler.name:
                self._define(handler.name, scopes)
            self._all(handler.body, scopes)
        self._all([*node.orelse, *node.finalbody], scopes)


_HANDLERS: dict[type[ast.AST], Callable[[Flow, Any, list[set[str]]], None]] = {
    ast.Name: Flow._name,
    ast.Call: Flow._call,
    **dict.fromkeys((ast.Assign, ast.AugAssign, ast.AnnAssign), Flow._assign),
    **dict.fromkeys((ast.Import, ast.ImportFrom), Flow._import),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda), Flow._function),
    ast.ClassDef: Flow._class,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), Flow._comprehension),
    **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), Flow._loop),
    **dict.fromkeys((ast.Try, ast.TryStar), Flow._try),
}


class _Late(set[str]):
    """Names of a function: its body runs when it is called."""


class _OfClass(set[str]):
    """Names of a class, which its methods do not see."""


class _Passing(set[str]):
    """Names of a comprehension."""


_DYNAMIC = frozenset({"exec", "globals", "locals", "vars"})


def bound_in(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Names that `nodes` define in the scope in which they stand, and those that they say are global."""
    own: set[str] = set()
    outside: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
                continue
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                own |= {alias.asname or alias.name.split(".")[0] for alias in aliases}
            case ast.Global(names=names):
                outside |= set(names)
            case ast.Lambda():
                continue
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                own |= {
                    inner.target.id
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name)
                }
                continue
            case _:
                own |= set(_other_names(node))
        waiting += children(node)
    return own - outside, outside


def _other_names(node: ast.AST) -> list[str]:
    match node:
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return []


def _type_parameters(node: ast.AST) -> set[str]:
    """Of `def first[T](…)`, from Python 3.12 on."""
    return {parameter.name for parameter in getattr(node, "type_params", [])}


def _forgives(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(name, ast.Name) and name.id in _FORGIVING for name in ast.walk(handler.type)
    )
