"""`Relation`: one release in every shape, with the same rows, reading only what is needed."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.engine.relation import LargeFrameWarning, Relation
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle import query
from tests.query.conftest import FLIGHTS, SmallMesh
from tests.query.test_formats import AWKWARD

SHAPES: dict[str, Callable[[Relation], pa.Table]] = {
    "arrow": lambda relation: relation.arrow(),
    "batches": lambda relation: relation.batches().read_all(),
    "capsule": lambda relation: pa.table(relation),
    "polars": lambda relation: relation.polars().to_arrow(),
    "lazy": lambda relation: relation.lazy().collect().to_arrow(),
    "duckdb": lambda relation: relation.duckdb(duckdb.connect()).to_arrow_table().cast(relation.schema),
    "pandas": lambda relation: pa.Table.from_pandas(relation.pandas(arrow=True), preserve_index=False),
}


def _relation(mesh: SmallMesh, name: str = "flight_ops.flights", **options: float) -> Relation:
    return Relation(query.read(mesh.reader(), [name]).ports[0], **options)


def _same(one: pa.Table, other: pa.Table) -> bool:
    return str(one.to_pylist()) == str(other.to_pylist())  # NaN is nothing's equal


def test_every_shape_has_the_same_rows(shared: SmallMesh) -> None:
    relation = _relation(shared)
    for name, shape in SHAPES.items():
        assert shape(relation).to_pylist() == FLIGHTS.to_pylist(), name
    assert relation.lazy().filter(carrier="AA").select("day").collect().height == 2
    assert relation.pandas()["carrier"].tolist() == ["AA", "UA", "AA", "DL"]
    assert (len(relation), relation.columns) == (4, FLIGHTS.column_names)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_narrowed_alike(shape: str, shared: SmallMesh) -> None:
    relation = _relation(shared)
    for narrowed, expected in (
        (relation.select("day", "carrier"), FLIGHTS.select(["day", "carrier"])),
        (relation.limit(2), FLIGHTS.slice(0, 2)),
        (relation.limit(3).select("day"), FLIGHTS.slice(0, 3).select(["day"])),
        (relation.filter("carrier = 'AA'"), FLIGHTS.take([0, 2])),
        (relation.filter("carrier IN $c AND dep_delay > $late", c=["AA", "DL"], late=0), FLIGHTS.take([0, 3])),
        (relation.limit(2).filter("carrier = 'AA'"), FLIGHTS.slice(0, 1)),
        (relation.filter("carrier = 'AA'").limit(1).select("day"), FLIGHTS.slice(0, 1).select(["day"])),
        (relation.filter("flights.carrier = 'AA' -- a comment"), FLIGHTS.take([0, 2])),
        (relation.filter("carrier = '{}'"), FLIGHTS.slice(0, 0)),
        (relation.limit(0), FLIGHTS.slice(0, 0)),
    ):
        found = SHAPES[shape](narrowed)
        assert found.column_names == expected.column_names == narrowed.columns
        assert found.to_pylist() == expected.to_pylist()
        assert len(narrowed) == expected.num_rows


@pytest.mark.parametrize("shape", SHAPES)
def test_awkward_values_are_the_same_in_every_shape(shape: str, make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", AWKWARD)
    relation = _relation(mesh, "a.t")
    for narrowed in (relation, relation.filter("true"), relation.limit(2), relation.filter("isnan(ratio)")):
        rows = narrowed.arrow().num_rows
        assert rows == {"isnan(ratio)": 1}.get(str(narrowed), rows)
        assert _same(SHAPES[shape](narrowed), AWKWARD.slice(0, rows))
        assert narrowed.arrow().schema.equals(AWKWARD.schema)


def test_types_are_those_of_the_release_however_it_is_narrowed(make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"x": pa.array([1], pa.int32())}))
    wide = pa.table({"x": pa.array([2], pa.int64()), "y": pa.array(["new"], pa.large_string())})
    mesh.publish("a.t", wide, keep=True)
    for narrowed in (_relation(mesh, "a.t"), _relation(mesh, "a.t").filter("x > 0"), _relation(mesh, "a.t").limit(9)):
        assert narrowed.arrow().schema.equals(wide.schema)
        assert narrowed.batches().schema.equals(wide.schema)
        assert sorted(narrowed.polars()["x"].to_list()) == [1, 2]


def test_older_files_get_the_columns_of_the_release(make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"x": pa.array([1], pa.int32())}))
    mesh.publish("a.t", pa.table({"x": pa.array([2], pa.int64()), "y": ["new"]}), keep=True)
    mesh.publish("a.empty", FLIGHTS.slice(0, 0))
    rows = [{"x": 1, "y": None}, {"x": 2, "y": "new"}]
    for shape in SHAPES.values():
        assert shape(_relation(mesh, "a.t")).sort_by("x").to_pylist() == rows
        assert shape(_relation(mesh, "a.t").filter("y IS NULL")).to_pylist() == rows[:1]
        for empty in (_relation(mesh, "a.empty"), _relation(mesh, "a.empty").filter("carrier = 'AA'")):
            assert (shape(empty).num_rows, shape(empty).column_names) == (0, FLIGHTS.column_names)
    assert "0 rows" in repr(_relation(mesh, "a.empty"))


@pytest.mark.parametrize(
    ("narrow", "code"),
    [
        (lambda relation: relation.select("carier"), "read.unknown-column"),
        (lambda relation: relation.select(), "read.no-columns"),
        (lambda relation: relation.select("day").select("carrier"), "read.unknown-column"),
        (lambda relation: relation.limit(-1), "read.bad-limit"),
        (lambda relation: relation.filter("carrier = 'AA') OR (true"), "read.not-a-condition"),
        (lambda relation: relation.filter("true) UNION (SELECT 1"), "read.not-a-condition"),
        (lambda relation: relation.filter("true), (true"), "read.not-a-condition"),
        (lambda relation: relation.filter("tailnum IN (SELECT tailnum FROM fleet.planes)"), "read.not-a-condition"),
        (lambda relation: relation.filter("getenv('HOME') = ''"), "query.not-allowed"),
        (lambda relation: relation.filter("carrier ="), "query.syntax"),
        (lambda relation: relation.filter("carier = 'AA'").arrow(), "query.unknown-column"),
        (lambda relation: relation.filter("carrier = $c").arrow(), "query.parameter-missing"),
        (lambda relation: relation.filter("day > $d", d=1).filter("day < $d", d=2), "read.value-twice"),
        (lambda relation: relation.filter("day = $d", d={}), "query.parameter-type"),
    ],
)
def test_mistakes_are_told(narrow: Callable[[Relation], object], code: str, shared: SmallMesh) -> None:
    with pytest.raises(MeshError) as caught:
        narrow(_relation(shared))
    assert caught.value.code == code
    if "unknown-column" in code and "carier" in str(caught.value):
        assert "carrier" in caught.value.hint


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_not_needed_is_not_read(shape: str, make_mesh: Callable[[], SmallMesh]) -> None:
    """Bytes of other columns and of other row groups are destroyed: who reads them fails."""
    mesh = make_mesh()
    table = pa.table({"k": range(40_000), "other": [str(number) for number in range(40_000)], "wanted": range(40_000)})
    mesh.publish("a.t", table)
    relation = _relation(mesh, "a.t")
    [file] = relation.port.files
    pq.write_table(table, file, row_group_size=10_000)
    _destroy(Path(file), lambda group, column: column == "other" or group != 2)
    with pytest.raises(Exception):  # noqa: B017, PT011 - each library has its own
        SHAPES[shape](relation)
    first = relation.select("k", "wanted").filter("k >= 20000 AND k < 20010")
    found = SHAPES[shape](first)
    assert found.to_pylist() == table.select(["k", "wanted"]).slice(20_000, 10).to_pylist()
    if shape == "lazy":
        lazy = relation.lazy().filter(pl.col("k") == 20_005).select("wanted").collect()
        assert lazy["wanted"].to_list() == [20_005]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_limit_reads_no_more_row_groups_than_it_needs(shape: str, make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    table = pa.table({"k": range(400_000)})
    mesh.publish("a.t", table)
    relation = _relation(mesh, "a.t")
    [file] = relation.port.files
    pq.write_table(table, file, row_group_size=130_000)
    _destroy(Path(file), lambda group, column: group == 3)
    assert SHAPES[shape](relation.limit(100)).num_rows == 100


def _destroy(file: Path, chosen: Callable[[int, str], bool]) -> None:
    metadata = pq.read_metadata(file)
    with file.open("r+b") as target:
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                if chosen(group, column.path_in_schema):
                    starts = [
                        column.data_page_offset,
                        *([column.dictionary_page_offset] if column.has_dictionary_page else []),
                    ]
                    target.seek(min(starts))
                    target.write(b"\xff" * column.total_compressed_size)


def test_size_is_told_before_something_large_becomes_a_frame(make_mesh: Callable[[], SmallMesh]) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"n": range(100_000), "text": ["x" * 100] * 100_000}))
    relation = _relation(mesh, "a.t", large_gb=0.005)
    for shape in (relation.arrow, relation.polars, relation.pandas, relation.filter("n >= 0").arrow):
        with pytest.warns(LargeFrameWarning, match=r"a\.t\.t has .* GB in memory"):
            shape()
    with pytest.warns(LargeFrameWarning) as told:
        relation.arrow()
    assert told[0].filename == __file__, "it points at the line that asked"
    assert "100,000 rows" in str(told[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        relation.lazy()
        relation.duckdb(duckdb.connect())
        relation.batches().close()
        assert relation.filter("n < 10").arrow().num_rows == 10
        assert relation.select("n").polars().height == 100_000
        assert relation.limit(10).pandas().shape == (10, 2)
        _relation(mesh, "a.t", large_gb=0).arrow()


LARGER = """
import threading, time, sys
import psutil, polars as pl, duckdb
from mesh_workbench.engine.relation import Relation
from mesh_workbench.model.query import ResolvedPort

way = sys.argv[1]
relation = Relation(ResolvedPort.model_validate_json(sys.stdin.read()))
relation.limit(5).arrow(); relation.lazy().head(5).collect()
process, peak = psutil.Process(), [0]

def private() -> int:
    memory = process.memory_info()
    return memory.rss - memory.shared  # mapped files can be dropped at any time

def watch() -> None:
    while True:
        peak[0] = max(peak[0], private())
        time.sleep(0.005)

before = private()
threading.Thread(target=watch, daemon=True).start()
if way == "batches":
    total = sum(batch.column("a").to_numpy().sum() for batch in relation.batches())
elif way == "filter":
    total = sum(batch.column("a").to_numpy().sum() for batch in relation.filter("b >= 0").batches())
elif way == "duckdb":
    connection = duckdb.connect(); connection.execute("SET memory_limit = '200MB'")
    [(total,)] = relation.duckdb(connection).aggregate("sum(a)").fetchall()
else:
    grouped = relation.lazy().group_by((pl.col("a") % 7).alias("k")).agg(pl.col("a").sum())
    total = grouped.collect(engine="streaming")["a"].sum()
print(int(total), peak[0] - before)
"""


@pytest.mark.parametrize("way", ["batches", "filter", "duckdb", "lazy"])
def test_what_is_larger_than_memory_is_read_lazily(way: str, larger: Relation) -> None:
    size = len(larger) * 16
    done = subprocess.run(
        [sys.executable, "-c", LARGER, way],
        input=larger.port.model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    total, grown = map(int, done.stdout.split())
    assert total == len(larger) * (len(larger) - 1) // 2
    assert grown < size / 2, f"{grown / 1e6:.0f} MB for {size / 1e6:.0f} MB of rows"


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Relation:
    """240 MB of rows in memory, in ten files."""
    import numpy as np

    from mesh_workbench.engine.arrow_text import encode_schema
    from mesh_workbench.model.base import now
    from mesh_workbench.model.query import ResolvedPort

    folder, files, each = tmp_path_factory.mktemp("larger"), [], 1_500_000
    random = np.random.default_rng(7)
    for number in range(10):
        table = pa.table({"a": np.arange(number * each, (number + 1) * each), "b": random.random(each)})
        pq.write_table(table, folder / f"{number}.parquet", row_group_size=100_000, use_dictionary=False)
        files.append(str(folder / f"{number}.parquet"))
    return Relation(
        ResolvedPort(
            name="a.t", product="a.t", product_id="prd", port="t", release=1, version="1.0.0", published=now(),
            rows=10 * each, table=str(folder), delta_version=1, files=files, arrow_schema=encode_schema(table.schema),
        )
    )  # fmt: skip


def test_it_shows_its_first_rows_and_where_they_come_from(shared: SmallMesh) -> None:
    relation = _relation(shared, "fleet.planes")
    assert "fleet.planes release 1 (1.0.0)" in repr(relation)
    assert "<td" in relation._repr_html_()
    assert "N2" not in repr(relation.filter("seats = 150"))
