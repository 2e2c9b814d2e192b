"""What only shows when a notebook runs can be mended in the document."""

from __future__ import annotations

import json
from pathlib import Path

from mesh_workbench.model.fix import Fix
from mesh_workbench.notebooks import remedies
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import apply_fix
from mesh_workbench.notebooks.read import parse
from tests.builders import notebook


def mended(text: str, fix: Fix | None) -> list[str]:
    assert fix is not None
    return ["".join(cell["source"]) for cell in json.loads(apply_fix(text, fix))["cells"]]


def test_a_variable_becomes_a_secret_wherever_it_is_asked_for() -> None:
    text = notebook(
        "import os\na = os.environ['KEY']; b = os.getenv(\"KEY\")", "c = os.environ.get('KEY')", "x = 'KEY'"
    )
    assert mended(text, remedies.take_as_secret(parse(text), "KEY")) == [
        'import mesh_workbench as mesh\nimport os\na = mesh.secret("env:KEY"); b = mesh.secret("env:KEY")',
        'import mesh_workbench as mesh\nc = mesh.secret("env:KEY")',
        "x = 'KEY'",
    ]
    assert remedies.take_as_secret(parse(text), "OTHER") is None


def test_an_input_whose_name_is_computed_is_declared_before_its_cell() -> None:
    text = notebook("import mesh_workbench as mesh", "mesh.read('fleet.' + 'planes')")
    changed = apply_fix(text, remedies.declare(parse(text), "fleet.planes", 1))
    assert [read.port for read in analyse(changed).inputs] == ["fleet.planes"]


def test_an_input_is_pinned_where_it_is_read() -> None:
    text = notebook("import mesh_workbench as mesh\n# fleet.planes", "p = 1\nq = mesh.read('fleet.planes')")
    [read] = analyse(text).inputs
    changed = apply_fix(text, remedies.pin(parse(text), read, "2") or Fix(label="", edits=[]))
    assert [(one.port, one.version) for one in analyse(changed).inputs] == [("fleet.planes", "2")]


def test_files_are_added_to_those_that_are_packaged_already() -> None:
    text = notebook("1", metadata={"mesh": {"files": ["a.csv"]}})
    changed = json.loads(apply_fix(text, remedies.package(parse(text), ["b.csv", "a.csv"])))
    assert changed["metadata"]["mesh"]["files"] == ["a.csv", "b.csv"]


def test_a_file_is_named_from_the_notebook() -> None:
    text = notebook("a = '/home/ana/work/rates.csv'")
    assert mended(text, remedies.relative(parse(text), "/home/ana/work/rates.csv", Path("/home/ana/work"))) == [
        "a = 'rates.csv'"
    ]


def test_an_input_of_sql_is_pinned_wherever_sql_names_it() -> None:
    text = notebook(
        "%%mesh first\nSELECT flights.carrier, 'flight_ops.flights' AS said -- ü flight_ops.flights\n"
        "FROM flight_ops.flights JOIN flight_ops.flights AS other USING (id)",
        "%%mesh second\nFROM flight_ops.flights AT (VERSION => 3)",
        '%%mesh third\nFROM "flight_ops.flights@1" JOIN fleet.planes USING (tailnum)',
    )
    [read] = [one for one in analyse(text).inputs if one.port == "flight_ops.flights" and one.version is None]
    fix = remedies.pin(parse(text), read, "2")
    assert fix is not None
    fixed = apply_fix(text, fix)
    assert [cell.source.partition("\n")[2] for cell in parse(fixed).cells] == [
        "SELECT flights.carrier, 'flight_ops.flights' AS said -- ü flight_ops.flights\n"
        'FROM "flight_ops.flights@2" JOIN "flight_ops.flights@2" AS other USING (id)',
        'FROM "flight_ops.flights@2" AT (VERSION => 3)',
        'FROM "flight_ops.flights@1" JOIN fleet.planes USING (tailnum)',
    ]
    pinned = {(one.port, one.version) for one in analyse(fixed).inputs}
    assert pinned == {("flight_ops.flights", "2"), ("flight_ops.flights", "1"), ("fleet.planes", None)}
