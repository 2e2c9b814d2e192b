"""What the standard's schema forgets to forbid in keys and ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import SchemaObject
from mesh_workbench.contracts.source import Path

_LISTS = frozenset("schema properties quality relationships slaProperties servers roles support".split())
"""Lists of things that have ids."""


def of_keys(table: SchemaObject, path: Path) -> Iterator[Problem]:
    """Positions in the key that say no order, columns of the key that may be empty, columns that are stored as one."""
    where = (*path, "properties")
    key = [item for item in table.properties if item.primary_key]
    given = [item.primary_key_position or 0 for item in key if (item.primary_key_position or 0) > 0]
    for position, count in Counter(given).items():
        if count > 1:
            message = f"{count} columns have the primaryKeyPosition {position}"
            yield "error", "contract.key-position", where, message, "Number them 1, 2, 3."
    if len(key) > 1 and len(set(given)) == len(given) and sorted(given) != list(range(1, len(key) + 1)):
        message = f"the {len(key)} columns of the key are not numbered from 1 to {len(key)}"
        yield "error", "contract.key-position", where, message, "Give each a primaryKeyPosition."
    stored: set[str] = set()
    for number, item in enumerate(table.properties):
        here = (*where, number)
        if (item.primary_key_position or 0) > 0 and not item.primary_key:
            message = f"{item.name} has a position in the key and is not part of it"
            hint = "Add primaryKey: true, or drop the position."
            yield "error", "contract.key-position", (*here, "primaryKeyPosition"), message, hint
        if item.primary_key and item.required is False:
            message = f"{item.name} is part of the key, and so is never empty, and says required: false"
            yield "error", "contract.key-required", (*here, "required"), message, "Write required: true."
        if item.physical_name in stored:
            message = f"two columns are stored as {item.physical_name}"
            yield "error", "contract.name-twice", (*here, "physicalName"), message, "Correct one."
        if item.physical_name:
            stored.add(item.physical_name)


def of_ids(value: JsonValue, path: Path = ()) -> Iterator[Problem]:
    """Ids that stand twice in one list."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, list) and key in _LISTS:
                yield from _twice(item, (*path, key))
            yield from of_ids(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from of_ids(item, (*path, index))


def _twice(items: list[JsonValue], path: Path) -> Iterator[Problem]:
    seen = set()
    for index, item in enumerate(items):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str):
            if name in seen:
                message = f"the id {name} stands here twice"
                yield "error", "contract.id-twice", (*path, index, "id"), message, "Give each its own."
            seen.add(name)
