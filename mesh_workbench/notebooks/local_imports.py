"""Imports that mean files beside the notebook."""

from __future__ import annotations

import ast
import posixpath
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mesh_workbench.notebooks.paths import Paths

IsFile = Callable[[str], bool]


@dataclass(frozen=True)
class Import:
    """One module that code imports: `name` is dotted, and relative when `level` is not 0."""

    name: str
    level: int
    line: int
    optional: tuple[str, ...] = ()
    """Names taken from it, each of which may be a module."""
    at_once: bool = True
    """Whether it is imported as soon as the code begins, not by a function that may be called later."""


def imports_in(tree: ast.Module) -> Iterator[Import]:
    """Every import of `tree`, also inside functions, and `importlib.import_module("name")`."""
    within = {id(inner) for node in ast.walk(tree) if isinstance(node, _LATER) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        at_once = id(node) not in within
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(alias.name, 0, node.lineno, at_once=at_once)
            case ast.ImportFrom(module=module, names=names, level=level):
                taken = tuple(alias.name for alias in names if alias.name != "*")
                yield Import(module or "", level, node.lineno, taken, at_once)
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ) if not name.startswith("."):
                yield Import(name, 0, node.lineno, at_once=at_once)


_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def search_path_in(tree: ast.Module, paths: Paths) -> Iterator[tuple[str, int]]:
    """Folders that code adds to `sys.path`, each with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="path"), attr="append" | "insert"), args=[*_, given]
            ):
                folder = paths.of(given)
                if folder is not None:
                    yield folder, node.lineno


def files_of(wanted: Import, importer: str, roots: Sequence[str], is_file: IsFile) -> list[str]:
    """The files that importing `wanted` executes, the last one being the module's own; empty when it is not local.

    `importer` is the path of the module that imports (empty for the notebook), `roots` are the folders in which modules
    are looked for, in that order; all are relative to one folder, as is what comes back.
    """
    if wanted.level:
        package = posixpath.dirname(importer)
        for _ in range(wanted.level - 1):
            package = posixpath.join(package, "..")
        roots = [posixpath.normpath(package)]
    elif wanted.name.partition(".")[0] in sys.builtin_module_names:
        return []
    for root in roots:
        found = _down(root, [part for part in wanted.name.split(".") if part], is_file)
        for name in wanted.optional:
            parts = [*(part for part in wanted.name.split(".") if part), name]
            found += [file for file in _down(root, parts, is_file, whole=True) if file not in found]
        if found:
            return found
    return []


def _down(root: str, parts: list[str], is_file: IsFile, *, whole: bool = False) -> list[str]:
    """Each file on the way to the module `parts` below `root`; with `whole` only when the module itself is a file."""
    found: list[str] = []
    place = root
    if not parts:
        start = posixpath.normpath(posixpath.join(root, "__init__.py"))
        return [start] if is_file(start) else []
    for number, part in enumerate(parts, 1):
        place = posixpath.normpath(posixpath.join(place, part))
        if is_file(f"{place}/__init__.py"):
            found.append(f"{place}/__init__.py")
        elif is_file(f"{place}.py"):
            return [*found, f"{place}.py"] if number == len(parts) or not whole else []
        elif number == len(parts) and whole:
            return []
    return found
