"""Which cells of a notebook are not as they were, read like a person would: by what they say, not by their ids.

Cells that say the same are found first, then, between them, cells that say nearly the same. Outputs, counts and ids do
not count, as in the digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mesh_workbench.model.difference import CellChange

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Cell, Notebook

_ALIKE = 0.5
"""From this share of common characters on, a cell is taken for an edited one."""
_CLOSE = 40
"""In a stretch with more cells than this on both sides, only neighbours are compared: it must not take seconds."""
_AROUND = 2
"""Lines shown before and after a changed one."""


def cell_changes(old: Notebook, new: Notebook) -> tuple[list[CellChange], int]:
    """What changed, in the order in which one reads it in `new`, and how many cells are as they were."""
    before, after = [_said(cell) for cell in old.cells], [_said(cell) for cell in new.cells]
    found: list[CellChange] = []
    alike = 0
    for tag, low, high, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            alike += high - low
        else:
            found += _stretch(old.cells, new.cells, range(low, high), range(start, stop))
    return _moved(found, before, after), alike


def _said(cell: Cell) -> tuple[str, str, tuple[str, ...], str]:
    return cell.cell_type, cell.source, tuple(sorted(cell.tags)), repr(cell.metadata.get("mesh"))


def _stretch(old: Sequence[Cell], new: Sequence[Cell], gone: range, come: range) -> Iterator[CellChange]:
    """Changes between two cells that are equal: each new cell is paired with the first old one that is like it."""
    left = gone.start
    for index in come:
        partner = _partner(old, new[index], range(left, gone.stop), index - come.start + gone.start)
        if partner is None:
            yield _change("added", None, new[index], None, index)
            continue
        for other in range(left, partner):
            yield _change("removed", old[other], None, other, None)
        yield _change("changed", old[partner], new[index], partner, index)
        left = partner + 1
    for other in range(left, gone.stop):
        yield _change("removed", old[other], None, other, None)


def _partner(old: Sequence[Cell], cell: Cell, among: range, beside: int) -> int | None:
    if len(among) > _CLOSE:
        among = range(max(among.start, beside - 2), min(among.stop, beside + 3))
    best, place = _ALIKE, None
    for index in among:
        if old[index].cell_type != cell.cell_type:
            continue
        likeness = _likeness(old[index].source, cell.source, best)
        if likeness >= best and (place is None or likeness > best):
            best, place = likeness, index
    return place


def _likeness(one: str, other: str, least: float) -> float:
    """The share of common characters; 0 when it is certainly below `least`."""
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) + len(other) > 4_000)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def _change(kind: str, was: Cell | None, now: Cell | None, before: int | None, after: int | None) -> CellChange:
    tags_before, tags_after = set(was.tags if was else ()), set(now.tags if now else ())
    shown = now or was
    assert shown is not None
    return CellChange.model_validate(
        {
            "kind": kind,
            "cell_type": shown.cell_type,
            "before": before,
            "after": after,
            "lines": list(_lines(was.source if was else "", now.source if now else "")),
            "tags": [f"+{tag}" for tag in sorted(tags_after - tags_before)]
            + [f"-{tag}" for tag in sorted(tags_before - tags_after)],
        }
    )


def _lines(was: str, now: str) -> Iterator[str]:
    before, after = was.splitlines(), now.splitlines()
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND))
    for number, group in enumerate(groups):
        if number or group[0][1] or group[0][3]:
            yield "…"
        for tag, low, high, start, stop in group:
            if tag == "equal":
                yield from (f" {line}" for line in before[low:high])
            else:
                yield from (f"-{line}" for line in before[low:high])
                yield from (f"+{line}" for line in after[start:stop])
        last = group[-1]
        if number == len(groups) - 1 and (last[2] < len(before) or last[4] < len(after)):
            yield "…"


def _moved(found: list[CellChange], before: Sequence[object], after: Sequence[object]) -> list[CellChange]:
    """A cell that is gone here and says the same elsewhere has moved: one change instead of two."""
    gone = {change.before: change for change in found if change.kind == "removed" and change.before is not None}
    result: list[CellChange] = []
    taken: set[int] = set()
    for change in found:
        if change.kind == "added" and change.after is not None:
            said = after[change.after]
            origin = next((index for index in gone if index not in taken and before[index] == said), None)
            if origin is not None:
                taken.add(origin)
                change = change.model_copy(update={"kind": "moved", "before": origin, "lines": [], "tags": []})
        result.append(change)
    return [change for change in result if not (change.kind == "removed" and change.before in taken)]
