"""Names that a run from the top would not find, and no others."""

from __future__ import annotations

import pytest

from mesh_workbench.model.fix import InsertCell
from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.sources import sources
from mesh_workbench.notebooks.unresolved import unresolved
from tests.builders import notebook


def found(*cells: str) -> list[Finding]:
    return list(unresolved(list(sources(parse(notebook(*cells))))))


def names(*cells: str) -> list[str]:
    return [finding.message.split()[0] for finding in found(*cells)]


@pytest.mark.parametrize(
    "cells",
    [
        ("x = 1", "print(x)"),
        ("import a.b", "a.c"),
        ("import a.b as c", "c"),
        ("from a import b as c", "c"),
        ("def f(a, /, b, *c, d=1, **e):\n    return a, b, c, d, e, f",),
        ("def f():\n    return later", "later = 1"),
        ("def f():\n    global g\n    g = 1", "g"),
        ("f = lambda a, *b: (a, b, f)",),
        ("class A:\n    x = 1\n    y = x\n    def z(self):\n        return A",),
        ("[x for y in range(3) for x in range(y) if x]",),
        ("print([n := 1], n)",),
        ("{k: v for k, v in {}.items()}",),
        ("with open('x') as (a, b):\n    a, b",),
        ("try:\n    1\nexcept ValueError as e:\n    e",),
        ("try:\n    maybe\nexcept NameError:\n    maybe = 1", "maybe"),
        ("match 1:\n    case {'a': b, **c}:\n        b, c\n    case [d, *e]:\n        d, e\n    case int() as f: f",),
        ("for i in range(3):\n    if i:\n        before\n    before = i",),
        ("import asyncio\nasync for x in asyncio.y:\n    await x",),
        ("x: int = 1\nx += 1",),
        ("from __future__ import annotations", "def f(x: Missing) -> Missing: ..."),
        ("from os.path import *", "join('a')"),
        ("exec('x = 1')", "x"),
        ("%pylab inline", "plot()"),
        ("%run other.ipynb", "whatever"),
        ("%load_ext something\n%something x", "x"),
        ("%time x = 1", "x"),
        ("%%time\nx = 1", "x"),
        ("%%capture out\nx = 1", "x, out"),
        ("%%mesh planes --as-of 2013-01-01\nSELECT 1", "planes"),
        ("%%mesh --as-of 2013-01-01 planes\nSELECT 1", "planes"),
        ("%%bash --out text\nls", "text"),
        ("files = !ls", "files"),
        ("rows = %mesh sql SELECT 1", "rows"),
        ("_, __, _3, _i, _ih, In, Out, get_ipython, display, __name__",),
        ("x = = 1", "whatever"),
    ],
)
def test_what_python_would_find_is_not_reported(cells: tuple[str, ...]) -> None:
    assert names(*cells) == []


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (("print(x)",), ["x"]),
        (("print(x)", "x = 1"), ["x"]),
        (("x += 1",), ["x"]),
        (("x = 1\ndel x", "x"), ["x"]),
        (("def f():\n    return nothing",), ["nothing"]),
        (("class A:\n    x = 1\n    def y(self):\n        return x",), ["x"]),
        (("[x for x in y]", "x"), ["y", "x"]),
        (("def f(a=default): ...",), ["default"]),
        (("@wrap\ndef f(): ...",), ["wrap"]),
        (("f'{x} and {y:{z}}'",), ["x", "y", "z"]),
        (("x = 1", "%%mesh y\nSELECT 1", "z"), ["z"]),
        (("%%timeit\nx = missing",), ["missing"]),
        (("print(x); print(x)", "print(x)"), ["x"]),
    ],
)
def test_what_python_would_miss_is_reported_once(cells: tuple[str, ...], missing: list[str]) -> None:
    assert names(*cells) == missing


def test_a_name_of_a_later_cell_says_which() -> None:
    [finding] = found("print(later)", "x = 1", "later = 2")
    assert finding.code == "notebook.used-before-defined"
    assert "cell 3" in finding.message
    assert (finding.cell, finding.line) == (0, 1)


def test_a_misspelt_name_is_offered_the_close_one() -> None:
    [finding] = found("flights = 1", "print(fligths)")
    assert finding.hint == "Did you mean flights?"


def test_an_import_that_everybody_knows_is_offered() -> None:
    [finding] = found("df = pd.DataFrame()")
    assert finding.fix is not None
    assert finding.fix.edits == [InsertCell(cell=0, source="import pandas as pd")]


def test_names_of_other_platforms_are_named_so() -> None:
    [finding] = found("dbutils.widgets.text('month', '1')")
    assert "Databricks" in finding.hint
