"""Frames of the notebook, joined with products: for one statement, and nothing else is opened by it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.engine.execute import execute
from mesh_workbench.engine.local import Frame, locals_of
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import Forbidden, InvalidInput, MeshError, NotFound
from mesh_workbench.lifecycle import query
from mesh_workbench.magics.result import Result
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.runfolder import RUN_FILE, RUN_FOLDER_VARIABLE, RunFolder
from mesh_workbench.session.reading import read
from tests.query.conftest import SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

SEATS = [{"carrier": "AA", "seats": 10}, {"carrier": "UA", "seats": 20}]
JOIN = """%%mesh
SELECT carrier, sum(seats) AS seats FROM flight_ops.flights JOIN mine USING (carrier) GROUP BY 1 ORDER BY 1"""
JOINED = [{"carrier": "AA", "seats": 20}, {"carrier": "UA", "seats": 20}]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return magics_root(tmp_path_factory.mktemp("frames"))


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(SEATS),
        pl.LazyFrame(SEATS),
        pd.DataFrame(SEATS),
        pd.DataFrame(SEATS).set_index("carrier"),
        pd.DataFrame(SEATS, dtype="string[pyarrow]").astype({"seats": "int64[pyarrow]"}),
        pa.Table.from_pylist(SEATS),
        pa.RecordBatch.from_pylist(SEATS),
        SEATS,
    ],
    ids=["polars", "polars lazy", "pandas", "pandas with an index", "pandas on arrow", "table", "batch", "dicts"],
)
def test_a_frame_is_joined_by_the_name_of_its_variable(frame: object, shell: InteractiveShell) -> None:
    shell.user_ns["mine"] = frame
    result = run_cell(shell, JOIN)
    assert isinstance(result, Result)
    assert result.polars().cast({"seats": pl.Int64}).to_dicts() == JOINED
    assert [source.name for source in result.provenance.sources] == ["flight_ops.flights"]
    assert [(one.name, one.rows) for one in result.provenance.frames] == [("mine", 2)]
    assert "your frame mine (2 rows)" in repr(result)


def test_an_earlier_result_and_a_relation_can_be_read_too(shell: InteractiveShell) -> None:
    run_cell(shell, "%%mesh mine\nSELECT DISTINCT carrier, 10 AS seats FROM flight_ops.flights")
    assert len(run_cell(shell, JOIN)) == 3  # type: ignore[arg-type]
    assert len(run_cell(shell, "%%mesh\nSELECT * FROM _")) == 3  # type: ignore[arg-type]
    shell.user_ns["planes"] = read("fleet.planes")
    result = run_cell(shell, "%%mesh\nSELECT count(*) AS n FROM flight_ops.flights JOIN planes USING (tailnum)")
    assert isinstance(result, Result)
    assert result.arrow().to_pylist() == [{"n": 3}]
    # A relation is its product at its release: it is resolved anew, and listed as what it is.
    assert [source.name for source in result.provenance.sources] == ["flight_ops.flights", "fleet.planes.planes"]
    assert not result.provenance.frames
    # One that was narrowed gives its rows.
    shell.user_ns["planes"] = read("fleet.planes").filter("seats > 160")
    result = run_cell(shell, "%%mesh\nSELECT * FROM planes")
    assert isinstance(result, Result)
    assert result.arrow()["seats"].to_pylist() == [180]
    assert [one.name for one in result.provenance.frames] == ["planes"]


def test_duckdb_relations_can_be_read(shell: InteractiveShell) -> None:
    import duckdb

    shell.user_ns["mine"] = duckdb.connect().sql("SELECT 'AA' AS carrier, 10 AS seats")
    assert len(run_cell(shell, JOIN)) == 1  # type: ignore[arg-type]


def test_a_frame_can_be_named_twice_and_with_an_alias(shell: InteractiveShell) -> None:
    shell.user_ns["mine"] = pa.Table.from_pylist(SEATS)
    result = run_cell(shell, "%%mesh\nSELECT a.seats + mine.seats AS s FROM mine AS a, mine ORDER BY ALL")
    assert isinstance(result, Result)
    assert result.arrow()["s"].to_pylist() == [20, 30, 30, 40]
    assert len(result.provenance.frames) == 1


def test_common_table_expressions_and_products_come_first(shell: InteractiveShell) -> None:
    shell.user_ns.update(mine=pa.Table.from_pylist(SEATS), flights=pa.table({"x": [1]}))
    assert len(run_cell(shell, "%%mesh\nWITH mine AS (SELECT 1) SELECT * FROM mine")) == 1  # type: ignore[arg-type]
    assert len(run_cell(shell, "%%mesh\nSELECT * FROM flight_ops.flights")) == 4  # type: ignore[arg-type]
    # Python's letters count: another spelling is another variable.
    with pytest.raises(NotFound):
        run_cell(shell, "%%mesh\nSELECT * FROM MINE")


@pytest.mark.parametrize(
    ("statement", "code", "hint"),
    [
        ("SELECT * FROM mien", "query.unknown-product", "Did you mean your frame mine?"),
        (
            "SELECT * FROM planes",
            "query.unknown-product",
            "Did you mean fleet.planes? Or did you mean your frame plane?",
        ),
        ("SELECT * FROM carrier", "query.unknown-product", "The variable carrier is a str, which has no rows."),
        ("SELECT * FROM kind", "query.unknown-product", "The variable kind is a type, which has no rows."),
        ("SELECT seat FROM mine", "query.unknown-column", "Did you mean seats?"),
        ("SELECT mine.seat FROM flight_ops.flights JOIN mine USING (carrier)", "query.unknown-column", "seats?"),
        ("SELECT * FROM mine AT (VERSION => 1)", "query.bad-time", "Leave out AT"),
        ("SELECT * FROM stream", "frame.unsupported", "stream.read_all()"),
        ("SELECT * FROM series", "frame.unsupported", "to_frame"),
        ("SELECT * FROM objects", "frame.unsupported-type", ""),
        ("SELECT * FROM shell.user_ns", "query.unknown-product", ""),
        ('SELECT * FROM "mine.seats"', "query.unknown-product", ""),
        ("SELECT * FROM \"__import__('os')\"", "query.unknown-product", ""),
        ('SELECT * FROM "#mine"', "query.unknown-product", ""),
    ],
)
def test_what_cannot_be_read_is_pointed_at(statement: str, code: str, hint: str, shell: InteractiveShell) -> None:
    table = pa.Table.from_pylist(SEATS)
    shell.user_ns.update(
        mine=table,
        plane=table,
        carrier="AA",
        kind=pl.DataFrame,
        stream=table.to_reader(),
        series=pl.Series([1]),
        objects=pl.DataFrame({"o": [object()]}),
    )
    with pytest.raises(MeshError) as caught:
        run_cell(shell, f"%%mesh\n{statement}")
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert "line" in caught.value.details


def test_the_frame_is_there_for_its_statement_only(shared: SmallMesh) -> None:
    secret = Frame("mine", pa.table({"secret": [1]}))
    statement = parse("SELECT * FROM mine")
    assert execute(statement, [secret], {}, shared.sessions).reader.read_all().num_rows == 1
    session = shared.sessions.get([])
    for own in ((), ("#other",)):
        with pytest.raises(Forbidden):
            session.checked('SELECT * FROM "#mine"', own)
    with pytest.raises(Exception, match="does not exist"):
        session.cursor().execute('SELECT * FROM "#mine"')
    assert execute(statement, [Frame("mine", pa.table({"b": [1, 2]}))], {}, shared.sessions).reader.read_all()[
        "b"
    ].to_pylist() == [1, 2]


def test_access_to_a_relation_is_decided_anew(small: SmallMesh) -> None:
    [port] = query.read(small.reader(), ["fleet.planes"]).ports
    request = QueryRequest(statement="SELECT * FROM planes")
    assert query.sql(small.reader(), request, frames={"planes": port}).reader.read_all().num_rows == 2
    small.forbidden.add("fleet.planes")
    with pytest.raises(Forbidden) as caught:
        query.sql(small.reader(), request, frames={"planes": port})
    assert caught.value.details["column"] == 15


def test_reads_are_logged_of_products_and_not_of_frames(small: SmallMesh) -> None:
    request = QueryRequest(statement="SELECT f.day FROM mine JOIN flight_ops.flights f USING (carrier)")
    query.sql(small.reader(), request, frames={"mine": pa.Table.from_pylist(SEATS)}).reader.read_all()
    [record] = small.reads
    assert record.port == "flights"
    assert set(record.columns) == {"day", "carrier"}


def test_every_type_of_arrow_is_read_or_refused_in_words(shared: SmallMesh) -> None:
    columns = {
        "null": pa.nulls(2),
        "dictionary": pa.array(["a", "b"]).dictionary_encode(),
        "uint64": pa.array([0, 2**64 - 1], pa.uint64()),
        "nan": pa.array([float("nan"), 1.0]),
        "decimal": pa.array([Decimal("1.5"), None], pa.decimal128(38, 10)),
        "view": pa.array(["a", "b"], pa.string_view()),
        "list": pa.array([[1], None], pa.large_list(pa.int8())),
        "struct": pa.array([{"a": 1}, None]),
        "zoned": pa.array([0, None], pa.timestamp("ns", "Europe/Berlin")),
        "date64": pa.array([0, None], pa.date64()),
        "duration": pa.array([1, None], pa.duration("ms")),
        "fixed": pa.array([b"ab", None], pa.binary(2)),
    }
    for name, column in columns.items():
        frame = Frame("mine", pa.table({name: column}))
        statement = parse(f'SELECT count(*) AS n, count("{name}") AS v FROM mine')
        found = execute(statement, [frame], {}, shared.sessions).reader.read_all().to_pylist()
        assert found == [{"n": 2, "v": 2 - column.null_count}], name
    for kind in (pa.decimal256(60, 10), pa.float16()):
        frame = pa.table({"x": pa.nulls(1, kind)})
        with pytest.raises(InvalidInput) as caught:
            locals_of(parse("SELECT x FROM mine"), {"mine": frame})
        assert caught.value.code == "frame.unsupported-type"
        assert 'Column "x" of mine' in caught.value.message


def test_nan_is_found_in_a_frame(shared: SmallMesh) -> None:
    frame = Frame("mine", pa.table({"x": [1.0, float("nan"), 3.0, None]}))
    for condition, rows in {"x > 1": 2, "isnan(x)": 1, "x = 'nan'": 1, "x <> 1": 2, "x BETWEEN 2 AND 5": 1}.items():
        statement = parse(f"SELECT * FROM mine WHERE {condition}")
        assert execute(statement, [frame], {}, shared.sessions).reader.read_all().num_rows == rows, condition


def test_inside_a_run_frames_are_joined_with_declared_inputs(
    root: Path, shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flights, planes = read("flight_ops.flights"), read("fleet.planes")
    run = RunFolder(run_id="run_1", product="a.b", version="1.0.0", inputs={"flight_ops.flights": flights.port})
    (tmp_path / RUN_FILE).write_text(run.model_dump_json())
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(tmp_path))
    shell.user_ns.update(mine=pl.DataFrame(SEATS), flights=flights, planes=planes)
    result = run_cell(shell, JOIN)
    assert isinstance(result, Result)
    assert result.arrow().to_pylist() == JOINED
    assert len(run_cell(shell, "%%mesh\nSELECT * FROM flights")) == 4  # type: ignore[arg-type]
    for name, hint in (("planes", "flight_ops.flights"), ("mien", "Did you mean your frame mine?")):
        with pytest.raises(InvalidInput) as caught:
            run_cell(shell, f"%%mesh\nSELECT * FROM {name}")
        assert caught.value.code == "run.undeclared-input"
        assert hint in caught.value.hint
