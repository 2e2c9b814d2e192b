"""References such as `${WAREHOUSE}` in a contract: found, listed, and filled from a mapping that the caller gives.

They are never filled from the environment: what a contract means must not depend on where it is read. `${table}` and
its like in SQL rules are placeholders of the standard and no variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from mesh_workbench.contracts.source import Path

_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}")
_PLACEHOLDERS = frozenset("object table dataset property column field schema database catalog project".split())


@dataclass(frozen=True)
class Variable:
    """A variable, and where the contract speaks of it."""

    name: str
    path: Path


def variables_of(document: JsonValue) -> list[Variable]:
    """Every reference, in the order of the document."""
    return list(_found(document, ()))


def filled(document: JsonValue, values: Mapping[str, JsonValue]) -> JsonValue:
    """The document with the variables that `values` names. One that is all of a value takes the type of what is given.

    Others stay as they are written, and are findings of `lint`.
    """
    return _fill(document, values, ()) if any(one.name in values for one in _found(document, ())) else document


def _found(value: JsonValue, path: Path) -> Iterator[Variable]:
    if isinstance(value, str):
        if "${" in value:
            for match in _REFERENCE.finditer(value):
                if not _is_placeholder(match[1], path):
                    yield Variable(match[1], path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _found(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, (*path, index))


def _fill(value: JsonValue, values: Mapping[str, JsonValue], path: Path) -> JsonValue:
    if isinstance(value, dict):
        return {key: _fill(item, values, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, values, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole and whole[1] in values and not _is_placeholder(whole[1], path):
        return values[whole[1]]

    def put(match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name not in values or _is_placeholder(name, path) else str(values[name])

    return _REFERENCE.sub(put, value)


def _is_placeholder(name: str, path: Path) -> bool:
    """Within a quality rule, the names that the standard fills by itself."""
    return name.lower() in _PLACEHOLDERS and "quality" in path
