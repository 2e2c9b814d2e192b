"""Calls of `mesh_workbench` in a notebook, under whatever name it was imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mesh_workbench.notebooks.sources import Source, children

HOMES = ("mesh_workbench", "mesh_workbench.session")
SPOKEN_OF = frozenset({"read", "output", "secret"})


@dataclass
class Names:
    """Which names of a notebook mean the package, one of its functions, or a text that never changes."""

    since: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Names of the package, with the cell and line that first import it as that."""
    functions: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def know(self, module: str, cell: int, line: int) -> None:
        self.since.setdefault(module, (cell, line))


@dataclass(frozen=True)
class Call:
    """One call of `mesh.<function>`."""

    function: str
    node: ast.Call
    cell: int
    conditional: bool
    """Whether it stands inside a branch, loop or function."""

    @property
    def line(self) -> int:
        return self.node.lineno

    def argument(self, position: int, name: str) -> ast.expr | None:
        """The argument given by position or by name; None when it is not given."""
        if len(self.node.args) > position and not any(isinstance(arg, ast.Starred) for arg in self.node.args):
            return self.node.args[position]
        return next((keyword.value for keyword in self.node.keywords if keyword.arg == name), None)


def names_in(sources: Sequence[Source], *, changeable: frozenset[str]) -> Names:
    """The names over all cells. Of texts only those count that are assigned once and are not in `changeable`, the
    names of parameters."""
    names = Names()
    assigned: dict[str, int] = {}
    for source in sources:
        for node in source.nodes:
            match node:
                case ast.Import():
                    for alias in node.names:
                        if alias.name in HOMES:
                            names.know(alias.asname or alias.name.split(".")[0], source.cell, node.lineno)
                case ast.ImportFrom(module=str(module)) if module in HOMES:
                    for alias in node.names:
                        if alias.name in SPOKEN_OF:
                            names.functions[alias.asname or alias.name] = alias.name
                        elif alias.name == "session":
                            names.know(alias.asname or alias.name, source.cell, node.lineno)
                case ast.Name(id=name, ctx=ast.Store()):
                    assigned[name] = assigned.get(name, 0) + 1
        for statement in source.tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    names.texts[name] = text
    names.texts = {name: text for name, text in names.texts.items() if assigned[name] == 1 and name not in changeable}
    return names


def calls_in(sources: Sequence[Source], names: Names) -> Iterator[Call]:
    """Every call of a function of the package, in the order of the notebook."""
    known = (*names.since, *names.functions)
    for source in sources:
        found: list[Call] = []
        if any(name in source.code for name in known):
            _walk(source.tree, source.cell, names, False, found)
        yield from sorted(found, key=lambda call: (call.line, call.node.col_offset))


def text_of(node: ast.expr | None, names: Names) -> str | None:
    """The text that an expression always is; None when that cannot be said."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return names.texts.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = text_of(left, names), text_of(right, names)
            return None if first is None or second is None else first + second
        case ast.JoinedStr(values=values):
            parts = [text_of(value, names) for value in values]
            return None if None in parts else "".join(part or "" for part in parts)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return text_of(value, names)
    return None


def texts_of(node: ast.expr | None, names: Names) -> list[str] | None:
    """The list of texts that an expression always is; None when that cannot be said."""
    if isinstance(node, (ast.List, ast.Tuple)):
        texts = [text_of(item, names) for item in node.elts]
        return None if None in texts else [text or "" for text in texts]
    single = text_of(node, names)
    return None if single is None else [single]


_BRANCHES = (ast.If, ast.For, ast.While, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.IfExp)


def _walk(node: ast.AST, cell: int, names: Names, conditional: bool, found: list[Call]) -> None:
    if isinstance(node, ast.Call):
        function = _function(node.func, names)
        if function:
            found.append(Call(function, node, cell, conditional))
    inside = conditional or isinstance(node, _BRANCHES)
    for child in children(node):
        _walk(child, cell, names, inside, found)


def _function(func: ast.expr, names: Names) -> str | None:
    match func:
        case ast.Name(id=name):
            return names.functions.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=attr) if module in names.since and attr in SPOKEN_OF:
            return attr
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=module), attr="session"), attr=attr) if (
            module in names.since and attr in SPOKEN_OF
        ):
            return attr
    return None
