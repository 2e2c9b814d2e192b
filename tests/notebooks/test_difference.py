"""Cells are compared by what they say: what was edited, added, taken away or moved."""

from __future__ import annotations

import json
import time

import pytest

from mesh_workbench.notebooks.difference import cell_changes
from mesh_workbench.notebooks.read import parse
from tests.builders import notebook

LOAD = "import polars as pl\nframe = pl.read_csv('orders.csv')"
CLEAN = "frame = frame.drop_nulls()\nframe = frame.unique()\nframe = frame.sort('id')"
SHOW = "print(frame.head())"


def changed(old: list[str], new: list[str]) -> list[tuple[str, int | None, int | None]]:
    found, _ = cell_changes(parse(notebook(*old)), parse(notebook(*new)))
    return [(change.kind, change.before, change.after) for change in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([LOAD, CLEAN], [LOAD, CLEAN], []),
        ([LOAD, CLEAN], [LOAD, CLEAN.replace("unique", "distinct")], [("changed", 1, 1)]),
        ([LOAD, CLEAN], [LOAD, SHOW, CLEAN], [("added", None, 1)]),
        ([LOAD, SHOW, CLEAN], [LOAD, CLEAN], [("removed", 1, None)]),
        ([LOAD, SHOW, CLEAN], [SHOW, LOAD, CLEAN], [("moved", 1, 0)]),
        ([LOAD, SHOW], [LOAD, "# Something else entirely"], [("added", None, 1), ("removed", 1, None)]),
        (
            [LOAD, CLEAN, SHOW],
            [LOAD, "x = 1", CLEAN + "\nframe = frame.head(5)"],
            [("added", None, 1), ("changed", 1, 2), ("removed", 2, None)],
        ),
        ([SHOW, SHOW, SHOW], [SHOW, SHOW], [("removed", 2, None)]),
        ([], [LOAD], [("added", None, 0)]),
    ],
    ids=["nothing", "edited", "added", "removed", "moved", "replaced", "several", "one of the same", "from nothing"],
)
def test_cells_are_known_again_by_what_they_say(
    old: list[str], new: list[str], expected: list[tuple[str, int | None, int | None]]
) -> None:
    assert changed(old, new) == expected


def test_ids_outputs_and_counts_do_not_count() -> None:
    old = notebook(LOAD, CLEAN)
    new = json.loads(old)
    for cell in new["cells"]:
        cell |= {"id": f"other-{cell['id']}", "execution_count": 3, "outputs": [], "metadata": {"collapsed": True}}
    assert cell_changes(parse(old), parse(json.dumps(new))) == ([], 2)


def test_the_lines_that_changed_are_shown_with_some_around() -> None:
    lines = [f"x{number} = {number}" for number in range(20)]
    new = [*lines[:10], "x10 = 'ten'", *lines[11:]]
    [change], _ = cell_changes(parse(notebook("\n".join(lines))), parse(notebook("\n".join(new))))
    assert change.lines == ["…", " x8 = 8", " x9 = 9", "-x10 = 10", "+x10 = 'ten'", " x11 = 11", " x12 = 12", "…"]


def test_a_tag_that_came_is_a_change_without_lines() -> None:
    old, new = notebook("month = 1", LOAD), notebook(LOAD, parameters="month = 1")
    [change], alike = cell_changes(parse(old), parse(new))
    assert (change.kind, change.lines, change.tags, alike) == ("changed", [], ["+parameters"], 1)


def test_five_hundred_cells_that_were_all_edited_take_no_seconds() -> None:
    old = notebook(*(f"value_{n} = load({n})\nprint(value_{n})\nvalue_{n}.save()" for n in range(500)))
    new = notebook(*(f"value_{n} = read({n})\nprint(value_{n})\nvalue_{n}.save()" for n in range(500)))
    began = time.perf_counter()
    found, alike = cell_changes(parse(old), parse(new))
    assert time.perf_counter() - began < 5
    assert {change.kind for change in found} == {"changed"}
    assert alike == 0
    assert [change.before for change in found] == [change.after for change in found]
