"""Keys that the standard does not know, and names that stand there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import Part
from mesh_workbench.contracts.source import Path
from mesh_workbench.errors import did_you_mean


def unknown_keys(part: Part, known: Iterable[str], path: Path, what: str) -> Iterator[Problem]:
    """Keys that were kept and mean nothing."""
    words = set(known)
    own = {field.alias or name for name, field in type(part).model_fields.items()}
    for key in part.model_extra or {}:
        if key not in words | own:
            message = f"{what} has the key {key!r}, which ODCS does not know"
            yield "warning", "contract.unknown-key", (*path, key), message, did_you_mean(key, words)


def names_twice(names: list[str], path: Path, what: str) -> Iterator[Problem]:
    """Names that are equal, and such that only differ in case: readers and engines take these for equal."""
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        other = seen.setdefault(name.casefold(), name)
        where = (*path, index, "name")
        if name in names[:index]:
            yield "error", "contract.name-twice", where, f"there are two {what}s {name}", "Remove or rename one."
        elif other != name:
            message = f"the {what}s {other} and {name} differ in case only"
            yield "warning", "contract.name-twice", where, message, "Rename one."
