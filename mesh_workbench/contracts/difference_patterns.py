"""What changed in a regular expression: which texts are new, and which are gone."""

from __future__ import annotations

from mesh_workbench.contracts.change import Change
from mesh_workbench.contracts.pattern_comparison import compare

_LONGEST = 40
"""Characters of an example that are shown."""


def of_pattern(name: str, was: str, now: str) -> Change:
    """A pattern that lets new texts through breaks consumers; one that cannot be compared is taken to do so."""
    found = compare(was, now)
    change = f"pattern from {was} to {now}"
    if found.undecided:
        return Change("breaking", f"{name} changes {change}; whether it is wider cannot be told: {found.undecided}")
    gained = f"{_shown(found.gained)} matches now" if found.gained is not None else ""
    if found.lost is None:
        if gained:
            return Change("breaking", f"{name} widens {change}: {gained}")
        return Change("wording", f"{name} writes its {change}: the same texts match")
    if gained:
        return Change("breaking", f"{name} changes {change}: {gained}, {_shown(found.lost)} no longer")
    return Change("compatible", f"{name} narrows {change}: {_shown(found.lost)} no longer matches")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…") if text else "the empty text"
