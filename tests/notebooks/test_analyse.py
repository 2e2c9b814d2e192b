"""What is found in a notebook without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import Finding, FindingLevel, NotebookAnalysis
from mesh_workbench.notebooks.analyse import analyse
from tests.builders import notebook

IMPORT = "import mesh_workbench as mesh"
OUT = 'mesh.output("delays", frame)'


def codes(analysis: NotebookAnalysis) -> list[str]:
    return [finding.code for finding in analysis.findings]


def only(analysis: NotebookAnalysis, code: str) -> Finding:
    [finding] = [finding for finding in analysis.findings if finding.code == code]
    assert finding.message
    assert finding.hint
    return finding


def inputs(*cells: str) -> list[str]:
    found = analyse(notebook(IMPORT, *cells, OUT))
    return [f"{spec.port}{'@' + spec.version if spec.version else ''}" for spec in found.inputs]


def test_a_whole_notebook_is_understood() -> None:
    found = analyse(
        notebook(
            "# Daily delays\n\nHow late the flights\nof a day are.\n\nMore.",
            IMPORT,
            'flights = mesh.read("flight_ops.flights")',
            "%%mesh planes --polars\nSELECT * FROM fleet.planes",
            'mesh.output("delays", flights, mode="merge", keys=["day"])',
            parameters="month: int = 1  # which month",
        )
    )
    assert (found.title, found.description) == ("Daily delays", "How late the flights of a day are.")
    assert (found.cells, found.code_cells, found.parameters_cell) == (6, 5, 0)
    assert [(spec.name, spec.type, spec.default, spec.help) for spec in found.parameters] == [
        ("month", "integer", 1, "which month")
    ]
    assert [(spec.port, spec.cell, spec.line, spec.how) for spec in found.inputs] == [
        ("flight_ops.flights", 3, 1, "read"),
        ("fleet.planes", 4, 2, "sql"),
    ]
    assert [(spec.name, spec.mode, spec.keys, spec.cell) for spec in found.outputs] == [("delays", "merge", ["day"], 5)]
    assert found.findings == []
    assert found.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("imported", "read"),
    [
        ("import mesh_workbench", "mesh_workbench.read"),
        ("import mesh_workbench as m, os", "m.read"),
        ("from mesh_workbench import read", "read"),
        ("from mesh_workbench import output, read as take", "take"),
        ("from mesh_workbench.session import read", "read"),
        ("from mesh_workbench import session", "session.read"),
        ("import mesh_workbench", "mesh_workbench.session.read"),
    ],
)
def test_a_read_is_found_under_any_import(imported: str, read: str) -> None:
    found = analyse(notebook(imported, f'x = {read}("fleet.planes").polars()'))
    assert [spec.port for spec in found.inputs] == ["fleet.planes"]


def test_what_only_looks_like_a_read_is_none() -> None:
    assert inputs('open("a.b").read("fleet.planes")', '# mesh.read("fleet.planes")', "x = 'mesh.read(\"a.b\")'") == []


def test_a_name_may_be_a_text_that_never_changes() -> None:
    assert inputs('D = "fleet"', 'mesh.read(D + ".planes")', 'mesh.read(f"{D}.airlines")') == [
        "fleet.planes",
        "fleet.airlines",
    ]


def test_versions_and_ports_are_read_as_written() -> None:
    assert inputs(
        'mesh.read("fleet.planes@2")', 'mesh.read("fleet.planes", version="2.1.0")', 'mesh.read("fleet.planes.old")'
    ) == ["fleet.planes@2", "fleet.planes@2.1.0", "fleet.planes.old"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%%mesh\nSELECT 1", []),
        ("%%mesh\nWITH q AS (SELECT * FROM a.b) SELECT * FROM q JOIN c.d.e USING (x)", ["a.b", "c.d.e"]),
        ('%%mesh\nSELECT * FROM "a.b@2" AT (VERSION => 3) WHERE x = $month', ["a.b@2"]),
        ("%%mesh frame --as-of 2013-01-01\nFROM a.b SELECT x", ["a.b"]),
        ("%%mesh\nSELECT * FROM frame", []),
        ("%mesh sql SELECT * FROM a.b", ["a.b"]),
        ("rows = %mesh sql --as-of '2013-01-01 10:00' \"SELECT * FROM a.b\"", ["a.b"]),
        ("%mesh search planes", []),
        ("%%time\nx = mesh.read('a.b')", ["a.b"]),
        ("%matplotlib inline\n!ls\n\nx = mesh.read('a.b')", ["a.b"]),
        ("await mesh.read('a.b').lazy()", ["a.b"]),
    ],
)
def test_queries_tell_what_they_read(cell: str, found: list[str]) -> None:
    assert inputs(cell) == found


def test_a_computed_name_is_a_warning_with_its_place() -> None:
    found = analyse(notebook(IMPORT, "x = 1\nmesh.read(name)", OUT))
    finding = only(found, "notebook.dynamic-input")
    assert (finding.level, finding.cell, finding.line) == (FindingLevel.WARNING, 1, 2)


def test_a_name_that_follows_a_parameter_is_computed() -> None:
    found = analyse(notebook(IMPORT, "mesh.read(source)", OUT, parameters='source = "fleet.planes"'))
    assert only(found, "notebook.dynamic-input")


def test_no_parameters_is_only_worth_knowing() -> None:
    finding = only(analyse(notebook(IMPORT, OUT)), "notebook.no-parameters-cell")
    assert finding.level is FindingLevel.INFO


def test_a_comment_marks_the_parameters_too() -> None:
    found = analyse(notebook("# parameters\nmonth = 2", IMPORT, OUT))
    assert [spec.name for spec in found.parameters] == ["month"]
    assert only(found, "notebook.parameters-comment").cell == 0


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("notebook.no-outputs", ["x = 1"]),
        ("notebook.syntax-error", [OUT, "x = = 1"]),
        ("notebook.syntax-error", [OUT, "x = (1,"]),
        ("notebook.syntax-error", [OUT, "%%time\n\nx = = 1"]),
        ("notebook.syntax-error", [OUT, "(" * 5000 + ")" * 5000]),
        ("notebook.duplicate-output", [OUT, OUT]),
        ("notebook.dynamic-output", ["mesh.output(name, frame)"]),
        ("notebook.invalid-output-name", ['mesh.output("Daily Delays", frame)']),
        ("notebook.invalid-input-name", [OUT, 'mesh.read("planes")']),
        ("notebook.unknown-mode", ['mesh.output("delays", frame, mode="overwrite")']),
        ("notebook.merge-without-keys", ['mesh.output("delays", frame, "merge")']),
        ("notebook.invalid-sql", [OUT, "%%mesh\nSELECT FROM WHERE"]),
        ("notebook.invalid-sql", [OUT, "%%mesh\nDROP TABLE a.b"]),
    ],
)
def test_what_forbids_promotion_is_an_error(code: str, cells: list[str]) -> None:
    finding = only(analyse(notebook(IMPORT, *cells)), code)
    assert finding.level is FindingLevel.ERROR
    assert code == "notebook.no-outputs" or finding.cell == len(cells)


def test_a_syntax_error_has_its_line() -> None:
    finding = only(analyse(notebook("%matplotlib inline\nx = 1\nif x\n  pass", IMPORT, OUT)), "notebook.syntax-error")
    assert (finding.cell, finding.line) == (0, 3)


def test_branches_may_declare_the_same_output() -> None:
    found = analyse(notebook(IMPORT, f"if x:\n    {OUT}\nelse:\n    {OUT}"))
    assert only(found, "notebook.duplicate-output").level is FindingLevel.WARNING
    assert len(found.outputs) == 1


@pytest.mark.parametrize("cell", ["x = input()", "%debug", "import pdb; pdb.set_trace()", "getpass.getpass('?')"])
def test_what_waits_for_a_person_is_a_warning(cell: str) -> None:
    assert only(analyse(notebook(IMPORT, OUT, cell)), "notebook.needs-person").cell == 2


@pytest.mark.parametrize("cell", ["%pip install polars", "!pip install polars", "!python -m pip install polars"])
def test_installing_while_running_is_a_warning(cell: str) -> None:
    assert only(analyse(notebook(IMPORT, OUT, cell)), "notebook.installs")


def test_errors_come_first() -> None:
    found = analyse(notebook("x = input()", "x = = 1"))
    assert codes(found)[0] == "notebook.syntax-error"
    levels = [finding.level for finding in found.findings]
    assert levels == sorted(levels, key=[FindingLevel.ERROR, FindingLevel.WARNING, FindingLevel.INFO].index)


def test_nothing_of_the_notebook_is_executed(tmp_path: object) -> None:
    mark = f"{tmp_path}/mark"
    analyse(notebook(f"open({mark!r}, 'w')", f"!touch {mark}", OUT, parameters=f"x = open({mark!r}, 'w')"))
    assert not Path(mark).exists()


def test_what_is_no_notebook_is_not_analysed() -> None:
    with pytest.raises(InvalidInput):
        analyse("{}")


@pytest.mark.parametrize(
    "code",
    [
        "import polars as pl\nx = pl.scan_delta('/srv/mesh/storage/tables/prt_01m8eearh508kddmm7bqv6gk7r/v1')",
        "import duckdb\nx = duckdb.sql(\n    \"FROM 'storage/tables/prt_01m8eearh508kddmm7bqv6gk7r/v2/*.parquet'\")",
        "root = '..'\nx = open(f'{root}/tables/prt_01m8eearh508kddmm7bqv6gk7r/v1/part-0.parquet', 'rb')",
    ],
)
def test_files_of_a_product_that_are_read_past_the_workbench_are_warned_of_once(code: str) -> None:
    found = analyse(notebook(code))
    said = only(found, "notebook.bypasses-read")
    assert (said.level, said.cell, said.line) == (FindingLevel.WARNING, 0, len(code.split("\n")))
    assert "mesh.read" in said.hint
    assert "notebook.absolute-path" not in [finding.code for finding in found.findings]


def test_what_only_sounds_like_the_files_of_a_product_is_left_alone() -> None:
    found = analyse(notebook("x = open('tables/prt_1.csv')\n# tables/prt_01m8eearh508kddmm7bqv6gk7r/v1"))
    assert "notebook.bypasses-read" not in [finding.code for finding in found.findings]
