"""Whether the arguments of a rule make it count more than before."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from mesh_workbench.contracts.limit import limit_of
from mesh_workbench.contracts.odcs import Quality
from mesh_workbench.contracts.pattern_comparison import compare

More = Literal["more", "fewer", "same", "other"]


def counted(was: Quality, now: Quality) -> tuple[More, str]:
    """Whether the new rule counts more, fewer, or the same, and what changed in words ("" when nothing did)."""
    before, after = _arguments(was), _arguments(now)
    if before == after:
        return "same", ""
    found: list[More] = []
    told = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old != new:
            found.append(_of_argument(key, old, new, only_zero=limit_of(now).operands == (0,)))
            told.append(f"{key} {_shown(new)} instead of {_shown(old)}")
    moved = {more for more in found if more != "same"}
    return moved.pop() if len(moved) == 1 else "other" if moved else "same", ", ".join(told)


def _arguments(rule: Quality) -> dict[str, JsonValue]:
    """Those that count, also where they stand beside `arguments` as in one official example."""
    beside = {key: rule.says[key] for key in ("pattern", "validValues") if key in rule.says}
    return beside | (rule.arguments or {})


def _of_argument(key: str, was: JsonValue, now: JsonValue, *, only_zero: bool) -> More:
    if key == "pattern" and (was is None or now is None):
        return "more" if was is None else "fewer"
    if key == "pattern":
        found = compare(str(was), str(now))
        if found.undecided or (found.gained is not None and found.lost is not None):
            return "other"
        return "fewer" if found.gained is not None else "more" if found.lost is not None else "same"
    old, new = ({repr(one) for one in many} if isinstance(many, list) else None for many in (was, now))
    if key == "validValues":
        return "more" if old is None else "fewer" if new is None else _by_size(new, old)
    if key == "missingValues":
        return _by_size(old or set(), new or set())
    if key == "properties" and old and new and only_zero:
        return _by_size(new, old)  # what repeats in more columns repeats in fewer of them, too
    return "other"


def _by_size(small: set[str], large: set[str]) -> More:
    """More when the second set is the larger one."""
    return "same" if small == large else "more" if small < large else "fewer" if large < small else "other"


def _shown(value: JsonValue) -> str:
    return "none" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
