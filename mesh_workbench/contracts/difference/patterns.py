"""What changed in a regular expression: which texts are new, and which are gone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.pattern_comparison import compare

_LONGEST = 40
"""Characters of an example that are shown."""


def of_pattern(
    name: str, option: str, was: str, now: str, expressions: Mapping[str, str] = MappingProxyType({})
) -> Change:
    """A pattern that lets new texts through breaks consumers; one that cannot be compared is taken to do so.

    `expressions` are what the two stand for, when they are names.
    """
    found = compare(expressions.get(was, was), expressions.get(now, now))
    change = f"{option} from {was} to {now}"
    if found.undecided:
        return Change("breaking", f"{name} changes {change}; whether it is wider cannot be told: {found.undecided}")
    gained = f"{_shown(found.gained)} matches now" if found.gained is not None else ""
    if found.lost is None:
        if gained:
            return Change("breaking", f"{name} widens {change}: {gained}")
        return Change("wording", f"{name} has {option} {now} instead of {was}: the same texts match")
    if gained:
        return Change("breaking", f"{name} changes {change}: {gained}, {_shown(found.lost)} no longer")
    return Change("compatible", f"{name} narrows {change}: {_shown(found.lost)} no longer matches")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…") if text else "the empty text"
