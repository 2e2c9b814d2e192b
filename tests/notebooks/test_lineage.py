"""From what the columns of a notebook's outputs are made, without running it."""

from __future__ import annotations

import nbformat
import pytest

from mesh_workbench.model.lineage import ColumnSource
from mesh_workbench.notebooks.lineage import lineage_of_outputs

INPUTS = {
    "d.p": ("P.p", ["a", "b", "g"]),
    "d.q": ("Q.q", ["a", "y"]),
    "d.q@1": ("Q.q", ["a", "old"]),
}
IMPORT = "import mesh_workbench as mesh"


def written(sources: list[ColumnSource]) -> str:
    plain = {"certain", "identity", "indirect"}
    return ", ".join(
        " ".join(
            [f"{one.port[0]}.{one.column or '*'}", *(word for word in (one.kind, one.confidence) if word not in plain)]
        )
        for one in sources
    )


def made(cells: list[str], *columns: str) -> dict[str, str]:
    """From what each of the `columns` of the output `o` is made; `~` for what decides about its rows."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (IMPORT, *cells)])
    lineage = lineage_of_outputs(nbformat.writes(notebook), INPUTS, {"o": columns})["o"]
    assert [column.column for column in lineage.columns] == [*columns]
    found = {column.column: written(column.sources) for column in lineage.columns}
    return {**found, "~": written(lineage.influences)} if lineage.influences else found


def test_a_sql_cell_is_traced_exactly() -> None:
    cells = ["%%mesh x\nSELECT g, sum(a) AS total FROM d.p WHERE b > 1 GROUP BY g", "mesh.output('o', x)"]
    assert made(cells, "g", "total") == {"g": "P.g", "total": "P.a aggregate", "~": "P.b, P.g"}


def test_one_sql_cell_reads_the_result_of_another() -> None:
    cells = [
        "%%mesh first\nSELECT a, b * 2 AS twice FROM d.p",
        "%%mesh second --polars\nSELECT first.twice, q.y FROM first JOIN d.q q ON q.a = first.a",
        "mesh.output('o', second)",
    ]
    assert made(cells, "twice", "y") == {"twice": "P.b expression", "y": "Q.y", "~": "P.a, Q.a"}


def test_a_line_of_sql_is_traced_too() -> None:
    assert made(["t = %mesh sql SELECT a AS n FROM d.p", "mesh.output('o', t.polars())"], "n") == {"n": "P.a renamed"}


def test_a_version_is_another_input() -> None:
    cells = ['%%mesh x\nSELECT old FROM "d.q@1"', "mesh.output('o', x)"]
    assert made(cells, "old") == {"old": "Q.old"}


@pytest.mark.parametrize(
    "frame",
    [
        "mesh.read('d.p').pandas()",
        "mesh.read('d.p').lazy().collect()",
        "mesh.read('d.p').select('a', 'b').polars()",
        "mesh.read('d.p').pandas()[['a', 'b']]",
        "mesh.read('d.p', version=1).polars()",
    ],
)
def test_a_frame_that_is_only_read_keeps_its_columns(frame: str) -> None:
    expected = {"a": "P.a", "b": "P.b"}
    assert made([f"f = {frame}", "mesh.output('o', f)"], "a", "b") == expected
    assert made([f"mesh.output('o', {frame})"], "a", "b") == expected


def test_a_renamed_column_is_known_by_its_old_name() -> None:
    cells = ["f = mesh.read('d.p').pandas()", "mesh.output('o', f.rename(columns={'a': 'z'})[['z', 'b']])"]
    assert made(cells, "z", "b") == {"z": "P.a renamed", "b": "P.b"}


def test_rows_that_are_filtered_are_decided_by_something_in_the_product() -> None:
    cells = ["f = mesh.read('d.p').lazy().filter(pl.col('b') > 1)", "mesh.output('o', f.collect())"]
    assert made(cells, "a") == {"a": "P.a", "~": "P.* likely"}


def test_of_a_frame_that_code_made_a_column_of_the_same_name_is_likely_the_same() -> None:
    cells = [
        "p = mesh.read('d.p').pandas()\nq = mesh.read('d.q').pandas()",
        "both = p.merge(q, left_on='b', right_on='y')",
        "mesh.output('o', both.groupby('g').first())",
    ]
    assert made(cells, "g", "y", "a", "new") == {
        "g": "P.g likely",
        "y": "Q.y likely",
        "a": "P.a possible, Q.a possible",
        "new": "P.* unknown possible, Q.* unknown possible",
    }


def test_what_a_notebook_computes_under_the_name_of_an_input_is_not_taken_for_it() -> None:
    cells = ["f = mesh.read('d.p').pandas()\nf['a'] = f.b + 1", "mesh.output('o', f)"]
    assert made(cells, "a", "b") == {"a": "P.a expression possible", "b": "P.b likely"}


def test_an_input_that_cannot_reach_the_output_is_no_source_of_it() -> None:
    cells = ["p = mesh.read('d.p').pandas()\nq = mesh.read('d.q').pandas()\nprint(q)", "mesh.output('o', p.sum())"]
    assert made(cells, "a", "y") == {"a": "P.a likely", "y": "P.* unknown possible"}


def test_frames_flow_through_functions_loops_and_blocks() -> None:
    cells = [
        "def build():\n    return mesh.read('d.q').pandas()",
        "parts = []\nfor n in range(3):\n    parts.append(build())",
        "import pandas as pd\nmesh.output('o', pd.concat(parts))",
    ]
    assert made(cells, "y") == {"y": "Q.y likely"}


def test_where_the_flow_is_lost_every_input_is_possible() -> None:
    found = made(["mesh.output('o', load_from_somewhere())"], "y", "new")
    assert found == {"y": "Q.y likely", "new": "P.* unknown possible, Q.* unknown possible"}


def test_sql_that_cannot_be_parsed_and_code_that_is_no_python_are_no_obstacle() -> None:
    cells = ["%%mesh x\nSELECT FROM WHERE", "this is no python", "mesh.output('o', x)"]
    assert made(cells, "y") == {"y": "P.* unknown possible, Q.* unknown possible"}
