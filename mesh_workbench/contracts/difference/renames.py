"""Columns and objects that are the same under another name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from mesh_workbench.contracts.column_names import words_of
from mesh_workbench.contracts.odcs import Property, SchemaObject

Named = TypeVar("Named", Property, SchemaObject)
_TELLING = ("description", "business_name", "enum", "quality", "relationships", "examples")
"""What hardly two columns have alike; types and lengths are."""
_ALIKE = 0.75


def renamed(before: Mapping[str, Named], after: Mapping[str, Named]) -> dict[str, str]:
    """Old name to new one, of what is known again: by its id, its physical name, or all that is said of it.

    What is said must tell it from others, or the names must be alike.
    """
    gone = {name: item for name, item in before.items() if name not in after}
    new = {name: item for name, item in after.items() if name not in before}
    found: dict[str, str] = {}
    signs: Sequence[Callable[[Named], str | None]] = (
        lambda item: item.id,
        lambda item: item.physical_name,
        lambda item: _said(item) if _tells(item) else None,
    )
    for sign in signs:
        for name, item in gone.items():
            mark = sign(item)
            same = [other for other, one in new.items() if other not in found.values() and mark and sign(one) == mark]
            alike = [other for other, one in gone.items() if mark and sign(one) == mark]
            if name not in found and len(same) == len(alike) == 1:
                found[name] = same[0]
    for name, item in gone.items():
        near = [other for other, one in new.items() if _said(one) == _said(item) and _are_alike(name, other)]
        if name not in found and len(near) == 1 and near[0] not in found.values():
            found[name] = near[0]
    return found


def _said(item: Property | SchemaObject) -> str:
    """Everything but the name."""
    said = item.model_dump(exclude={"name", "id", "physical_name"}, exclude_defaults=True)
    return repr(sorted(said.items()))


def _tells(item: Property | SchemaObject) -> bool:
    said = item.model_dump(include=set(_TELLING), exclude_defaults=True)
    options = item.logical_type_options if isinstance(item, Property) else None
    return bool(said) or "pattern" in (options or {})


def _are_alike(one: str, other: str) -> bool:
    """`custId` and `cust_id`, `adress` and `address`."""
    first, second = ("".join(words_of(name)) or name for name in (one, other))
    return SequenceMatcher(None, first, second).ratio() >= _ALIKE
