"""Whatever a mesh holds and whatever is asked: the rows are those of plain DuckDB over what was published."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.query.conftest import SmallMesh, close, open_mesh
from tests.query.random_statements import PRODUCTS, STATES, Published, contents, statements, table_of

ASKED_OF_EACH = 8


@contextmanager
def published(state: dict[str, list[Published]], template: Path) -> Iterator[SmallMesh]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(template, folder / "registry.db")
        mesh = open_mesh(folder, f"sqlite:///{folder / 'registry.db'}")
        try:
            for product in PRODUCTS:
                for one in state[product]:
                    mesh.publish(product, one.rows, version=one.version, keep=one.keeps)
            yield mesh
        finally:
            close(mesh)


def plain(state: dict[str, list[Published]]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for product in PRODUCTS:
        for release, table in enumerate(contents(state[product]), 1):
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {table_of(product, release)} AS FROM given")
            connection.unregister("given")
    return connection


def as_set(table: pa.Table) -> list[str]:
    return sorted(repr(row) for row in table.to_pylist())


@given(st.data())
# Not shrunk: an example takes half a second, and its statement says enough.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),
)
def test_the_rows_are_those_of_plain_duckdb(sqlite_template: Path, data: st.DataObject) -> None:
    state = data.draw(STATES)
    with published(state, sqlite_template) as mesh, plain(state) as connection:
        for _ in range(ASKED_OF_EACH):
            statement = data.draw(statements(state))
            expected = connection.sql(statement.in_plain()).to_arrow_table()
            found = mesh.ask(statement.in_mesh(), limit=100_000).reader.read_all()
            assert found.schema.names == expected.schema.names
            assert found.schema.types == expected.schema.types
            assert as_set(found) == as_set(expected), statement.in_mesh()
