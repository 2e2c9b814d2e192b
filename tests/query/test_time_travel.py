"""Any moment, any release, any version: all names of a statement at one consistent moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyarrow as pa
import pytest
from sqlalchemy import event

from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.resolve import Wanted, resolve
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.product import ProductStatus
from tests.query.conftest import BEGIN, SmallMesh

Make = Callable[[], SmallMesh]


@pytest.fixture
def grown(make_mesh: Make) -> SmallMesh:
    """Release 1 on 1 January, 2 on 2 January, version 2.0.0 as release 3 on 3 January."""
    mesh = make_mesh()
    for number, version in ((1, "1.0.0"), (2, "1.1.0"), (3, "2.0.0")):
        mesh.publish("a.t", pa.table({"x": [number]}), version=version)
    mesh.publish("b.u", pa.table({"x": [10]}))
    return mesh


SOURCES = [
    ("a.t", 3),
    ("a.t AT (VERSION => 2)", 2),
    ("a.t AT (VERSION => $release)", 1),
    ("a.t AT (TIMESTAMP => TIMESTAMP '2013-01-02 12:00:00')", 2),
    ("a.t AT (TIMESTAMP => '2013-01-01T23:00:00+00:00')", 1),
    ("a.t AT (TIMESTAMP => '2013-01-02T00:30:00+01:00')", 1),
    ("a.t AT (TIMESTAMP => DATE '2013-01-03' - INTERVAL 1 DAY)", 2),
    ("a.t AT (TIMESTAMP => $moment) AS old", 2),
    ('"a.t@1"', 2),
    ('"a.t@1.0.0"', 1),
    ('"a.t@2"', 3),
    ("\"a.t@1\" AT (TIMESTAMP => '2013-01-01')", 1),
]


def test_a_name_is_read_at_its_time(grown: SmallMesh) -> None:
    given = {"release": 1, "moment": "2013-01-02"}
    read = {source: grown.rows(f"SELECT x FROM {source}", **given) for source, _ in SOURCES}
    assert read == {source: [{"x": x}] for source, x in SOURCES}


def test_several_times_in_one_statement_are_kept_apart(grown: SmallMesh) -> None:
    asked = "SELECT n.x - o.x AS grown FROM a.t n, a.t AT (VERSION => 1) o"
    answer = grown.ask(asked)
    assert answer.reader.read_all().to_pylist() == [{"grown": 2}]
    assert [source.release for source in answer.provenance.sources] == [3, 1]


def test_as_of_holds_for_the_whole_statement(grown: SmallMesh) -> None:
    answer = grown.ask("SELECT x FROM a.t", as_of=BEGIN + timedelta(days=1))
    assert answer.reader.read_all().to_pylist() == [{"x": 2}]
    assert answer.provenance.moment == BEGIN + timedelta(days=1)


def test_what_one_should_know_of_a_source_is_said_in_words(grown: SmallMesh) -> None:
    assert "superseded: the newest version is 2.0.0" in grown.ask('SELECT * FROM "a.t@1"').provenance.warnings[0]
    assert grown.ask("SELECT * FROM a.t").provenance.warnings == []
    grown.publish("b.u", pa.table({"x": [11]}), verdict=Verdict.KEPT_PARTLY)
    assert "3 of 5 checked" in grown.ask("SELECT * FROM b.u").provenance.warnings[0]
    product = grown.registry.products.get("b", "u")
    assert product is not None
    grown.registry.products.change(product.id, status=ProductStatus.DEPRECATED)
    assert grown.ask("SELECT * FROM b.u").provenance.warnings[0] == "b.u is deprecated."


def test_a_named_port_is_read_and_the_first_is_the_default(make_mesh: Make) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", {"main_port": pa.table({"x": [1]}), "extra": pa.table({"x": [2]})})
    assert mesh.rows("SELECT x FROM a.t") == [{"x": 1}]
    assert mesh.rows("SELECT x FROM a.t.extra") == [{"x": 2}]
    assert mesh.rows("SELECT extra.x FROM a.t.extra, a.t") == [{"x": 2}]
    assert mesh.rows("SELECT a.t.extra.x FROM a.t.extra") == [{"x": 2}]


def test_a_new_release_is_seen_by_the_next_statement(grown: SmallMesh) -> None:
    assert grown.rows("SELECT x FROM a.t") == [{"x": 3}]
    grown.publish("a.t", pa.table({"x": [4]}), version="2.0.0")
    assert grown.rows("SELECT x FROM a.t") == [{"x": 4}]


def test_registry_statements_do_not_grow_with_the_number_of_products(make_mesh: Make) -> None:
    mesh = make_mesh()
    for index in range(8):
        mesh.publish(f"a.t{index}", pa.table({"x": [index]}))
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    event.listen(mesh.registry._db.engine, "before_cursor_execute", count)

    def statements(products: int) -> int:
        counted.clear()
        wanted = [Wanted.parse(f"a.t{index}") for index in range(products)]
        resolve(mesh.registry, mesh.storage, wanted, allowed=mesh._allowed)
        return len(counted)

    assert statements(1) == statements(2) == 3  # products, releases, files
    assert statements(2) == statements(1) == 2  # files of a release never change
    assert statements(8) == 3


def test_names_are_resolved_for_readers_of_files(grown: SmallMesh) -> None:
    [port] = query.read(grown.reader(), ["a.t"], release=1).ports
    assert (port.release, port.version, port.rows, len(port.files)) == (1, "1.0.0", 1, 1)
    [port] = query.read(grown.reader(), ["a.t@1"], as_of=BEGIN).ports
    assert port.release == 1
