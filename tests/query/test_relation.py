"""`Relation`: one release in every shape, with the same rows."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa

from mesh_workbench.engine.relation import Relation
from mesh_workbench.lifecycle import query
from tests.query.conftest import FLIGHTS, SmallMesh


def _relation(mesh: SmallMesh, name: str) -> Relation:
    return Relation(query.read(mesh.reader(), [name]).ports[0])


def test_every_shape_has_the_same_rows(shared: SmallMesh) -> None:
    relation = _relation(shared, "flight_ops.flights")
    rows = FLIGHTS.to_pylist()
    assert relation.arrow().to_pylist() == rows
    assert relation.polars().to_dicts() == rows
    assert relation.lazy().filter(carrier="AA").select("day").collect().height == 2
    assert relation.duckdb(duckdb.connect()).to_arrow_table().to_pylist() == rows
    assert relation.pandas()["carrier"].tolist() == ["AA", "UA", "AA", "DL"]
    assert (len(relation), relation.columns) == (4, FLIGHTS.column_names)


def test_older_files_get_the_columns_of_the_release(make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"x": pa.array([1], pa.int32())}))
    mesh.publish("a.t", pa.table({"x": pa.array([2], pa.int64()), "y": ["new"]}), keep=True)
    mesh.publish("a.empty", FLIGHTS.slice(0, 0))
    rows = [{"x": 1, "y": None}, {"x": 2, "y": "new"}]
    relation = _relation(mesh, "a.t")
    assert relation.arrow().sort_by("x").to_pylist() == rows
    assert relation.polars().sort("x").to_dicts() == rows
    assert relation.duckdb(duckdb.connect()).order("x").to_arrow_table().to_pylist() == rows
    empty = _relation(mesh, "a.empty")
    assert empty.arrow().schema.equals(FLIGHTS.schema)
    assert empty.polars().shape == (0, 4)
    assert empty.duckdb(duckdb.connect()).columns == FLIGHTS.column_names
    assert "0 rows" in repr(empty)


def test_it_shows_its_first_rows_and_where_they_come_from(shared: SmallMesh) -> None:
    relation = _relation(shared, "fleet.planes")
    assert "fleet.planes release 1 (1.0.0)" in repr(relation)
    assert "<td" in relation._repr_html_()
