"""What matches what is typed, the better first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def matching(typed: str, items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """Those whose name begins with `typed`, then those of which a part does, then those that hold it; case aside."""
    wanted = typed.lower()
    if not wanted:
        return list(items)
    ranked = [(_rank(name(item).lower(), wanted), place, item) for place, item in enumerate(items)]
    return [item for rank, _, item in sorted((one for one in ranked if one[0] < 3), key=lambda one: one[:2])]


def _rank(name: str, wanted: str) -> int:
    found = name.find(wanted)
    if found <= 0:
        return 0 if found == 0 else 3
    return 1 if f"_{wanted}" in name or f".{wanted}" in name else 2
