"""Values, names and comments are never taken for SQL: nothing but the intended rows comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.errors import MeshError
from mesh_workbench.workbench import open_workbench
from tests.query.conftest import SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

VALUES = [
    "'",
    "''",
    '"',
    "' OR 1=1 --",
    "' OR '1'='1",
    "'; DROP TABLE words; --",
    "') UNION SELECT * FROM fleet.planes --",
    "\\' OR 1=1 --",
    "$$ OR 1=1 $$",
    "$v",
    "$other",
    "{v}",
    "{__import__('os')}",
    "/* */",
    "*/ OR 1=1 /*",
    "-- ",
    "\n-- \nOR 1=1",
    "%' OR '%'='",
    "＇ OR 1=1",
    "ʼ OR 1=1",
    "\u2028' OR 1=1",
    "NULL",
    "?",
    ":v",
    "fleet.planes",
    "1); ATTACH 'x'; (",
]
SECRET = "a secret"

TEXTS: dict[str, list[object] | None] = {
    "SELECT 1 AS x /* ; DROP TABLE y */": [1],
    "SELECT 1 AS x -- ; SELECT w FROM inject.words": [1],
    "SELECT 1 AS x -- \nUNION ALL SELECT 2": [1, 2],
    "SELECT 1 AS x /* a /* nested */ comment */": [1],
    "SELECT 1 AS x /* a -- */": [1],
    "SELECT 1 AS x -- a /* open\n": [1],
    "/* SELECT w FROM inject.words */ SELECT 1 AS x": [1],
    "SELECT /* $unbound */ 1 AS x -- $unbound": [1],
    "SELECT 1 AS x;": [1],
    "SELECT 1 AS x; -- the end": [1],
    "SELECT $$it's; DROP TABLE x -- $v$$ AS x": ["it's; DROP TABLE x -- $v"],
    "SELECT $tag$ $$ ' $tag$ AS x": [" $$ ' "],
    "SELECT '$v' AS x": ["$v"],
    "SELECT '{v}' AS x": ["{v}"],
    "SELECT 'it''s -- /* $v' AS x": ["it's -- /* $v"],
    "SELECT E'\\'; SELECT 2 --' AS x": ["'; SELECT 2 --"],
    "SELECT 'SELECT w FROM inject.words' AS x": ["SELECT w FROM inject.words"],
    "SELECT 'inject.words' AS x": ["inject.words"],
    'SELECT "inject.words" AS x FROM (SELECT 1 AS "inject.words")': [1],
    'SELECT "x; --" AS x FROM (SELECT 1 AS "x; --")': [1],
    'SELECT count(*) AS x FROM "inject"."words"': [len(VALUES) + 1],
    "SELECT 1 AS x; SELECT w FROM inject.words": None,
    "SELECT 1 AS x; DROP TABLE inject.words": None,
    'SELECT 1 AS x FROM "inject.words; DROP TABLE y"': None,
    'SELECT 1 AS x FROM "inject.words""--"': None,
    'SELECT 1 AS x FROM "inject.words\' OR 1=1"': None,
    "SELECT count(*) AS x FROM 'inject.words'": [len(VALUES) + 1],
    "SELECT 1 AS x；SELECT 2": None,
    "SELECT 1 AS x /* open": None,
    "SELECT 'open AS x": None,
    "SELECT $$open AS x": None,
    "SELECT $v; SELECT 2": None,
    'SELECT $"v OR 1=1"': None,
    "SELECT 1 AS x FROM $v": None,
    'SELECT 1 AS x FROM "#mine"': None,
    'SELECT 1 AS x FROM "inject.words.words#1"': None,
    "SELECT 1 AS x FROM mine; SELECT 2": None,
}
"""What comes out in column x; None where it is refused."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = magics_root(tmp_path_factory.mktemp("injections"))
    bench = open_workbench(root)
    mesh = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    mesh.publish("inject.words", pa.table({"w": [*VALUES, SECRET]}))
    bench.close()
    return root


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


def _column(shell: InteractiveShell, cell: str) -> list[object]:
    found: Any = run_cell(shell, cell)
    return list(found.arrow().column(0).to_pylist())


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_compared_and_never_run(value: str, shell: InteractiveShell) -> None:
    shell.user_ns.update(v=value, vs=[value], other="other")
    asked = "SELECT w FROM inject.words WHERE w"
    assert _column(shell, f"%%mesh\n{asked} = $v") == [value]
    assert _column(shell, f"%%mesh\n{asked} IN $vs") == [value]
    # IPython would paste variables into a line: it is told not to.
    assert _column(shell, f"%mesh sql {asked} = $v") == [value]
    assert _column(shell, "%mesh sql SELECT '{v}' AS x") == ["{v}"]
    # As the name of a column, and as a value in a frame.
    shell.user_ns["mine"] = pa.table({"w": [value], value or "x": [1]}) if value != "w" else pa.table({"w": [value]})
    assert _column(shell, "%%mesh\nSELECT words.w FROM inject.words JOIN mine USING (w)") == [value]


@pytest.mark.parametrize("statement", TEXTS)
def test_quotes_and_comments_mean_the_same_to_every_parser(statement: str, shell: InteractiveShell) -> None:
    shell.user_ns.update(v="1; DROP TABLE x", mine=pa.table({"x": [1]}))
    expected = TEXTS[statement]
    if expected is None:
        with pytest.raises(MeshError):
            run_cell(shell, f"%%mesh\n{statement}")
        return
    assert _column(shell, f"%%mesh\n{statement}") == expected


@pytest.mark.parametrize(
    "line",
    [
        "x;import os",
        "x --as-of '2013'; DROP",
        "__import__('os')",
        "x y",
        "--as-of $(id)",
        "--limit 1;2",
        "'x",
        "--pandas=1",
    ],
)
def test_the_line_of_a_cell_is_read_and_never_run(line: str, shell: InteractiveShell) -> None:
    with pytest.raises(MeshError):
        run_cell(shell, f"%%mesh {line}\nSELECT 1")


def test_a_moment_can_be_a_variable(shell: InteractiveShell) -> None:
    from datetime import UTC, datetime

    shell.user_ns.update(then=datetime(2013, 1, 1, 12, tzinfo=UTC), text="2013-01-01T12:00:00Z", wrong=3)
    for name in ("then", "text"):
        assert _column(shell, f"%%mesh --as-of ${name}\nSELECT count(*) AS x FROM fleet.planes") == [2]
    for name in ("wrong", "thn"):
        with pytest.raises(MeshError):
            run_cell(shell, f"%%mesh --as-of ${name}\nSELECT 1")
