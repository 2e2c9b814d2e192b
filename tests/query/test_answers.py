"""Questions with known answers, over real files of real releases."""

from __future__ import annotations

import decimal
import math
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.engine.parameters import bind, encode
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle import query
from mesh_workbench.model.query import QueryRequest
from tests.query.conftest import FLIGHTS, SmallMesh
from tests.query.questions import QUESTIONS

Make = Callable[[], SmallMesh]


@pytest.mark.parametrize("question", QUESTIONS)
def test_known_answers(question: str, shared: SmallMesh) -> None:
    table = shared.ask(question).reader.read_all()
    assert [tuple(row.values()) for row in table.to_pylist()] == QUESTIONS[question]


def test_every_answer_says_what_it_was_made_from(shared: SmallMesh) -> None:
    answer = shared.ask("SELECT 1 FROM flight_ops.flights, fleet.planes, flight_ops.flights AS again")
    assert [(source.name, source.release, source.rows) for source in answer.provenance.sources] == [
        ("flight_ops.flights", 1, 4),
        ("fleet.planes", 1, 2),
    ]


def test_two_tables_of_the_same_last_name_are_told_apart(make_mesh: Make) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"k": [1], "x": ["a"]}))
    mesh.publish("b.t", pa.table({"k": [1], "x": ["b"]}))
    assert mesh.rows("SELECT a.t.x AS one, b.t.x AS two FROM a.t JOIN b.t USING (k)") == [{"one": "a", "two": "b"}]
    assert mesh.rows("SELECT t.x FROM a.t WHERE EXISTS (SELECT 1 FROM b.t WHERE t.x = 'b')") == [{"x": "a"}]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("count(*) FROM a.t WHERE x > 100", 1),
        ("count(*) FROM a.t WHERE isnan(x)", 1),
        ("count(*) FROM a.t WHERE NOT x <= 1.5", 1),
        ("sum(CASE WHEN x > 100 THEN 1 ELSE 0 END) FROM a.t", 1),
        ("count(*) FROM a.t WHERE s.y > 100", 1),
        ("count(*) FROM a.t WHERE l[1] > 100", 1),
        ("count(*) FROM a.t WHERE d.l[1].y > 100", 1),
        ("isnan(max(x)) FROM a.t", True),
        ("isnan(max(s.y)) FROM a.t", True),
    ],
)
def test_what_is_not_a_number_is_not_lost_to_the_statistics_of_files(
    asked: str, answer: object, make_mesh: Make
) -> None:
    mesh = make_mesh()
    values = [math.nan, 1.5, None]
    flat = {"x": values, "s": [{"y": value} for value in values], "l": [[value] for value in values]}
    deep = [{"l": [{"y": value}]} for value in values]
    mesh.publish("a.t", pa.table({**flat, "d": deep}))
    assert mesh.rows(f"SELECT {asked.replace(' FROM', ' AS n FROM')}") == [{"n": answer}]


def test_values_are_bound_and_never_become_sql(shared: SmallMesh) -> None:
    for hostile in ["'; DROP TABLE x; --", "AA' OR '1'='1", "$carrier", "\\'", '"', "AA\x00", "ʼ OR 1=1"]:
        assert shared.rows("SELECT $v AS v FROM fleet.planes LIMIT 1", v=hostile) == [{"v": hostile}]
        assert shared.rows("SELECT * FROM flight_ops.flights WHERE carrier = $v", v=hostile) == []


def test_lists_dates_and_nulls_are_bound(shared: SmallMesh) -> None:
    asked = "SELECT count(*) AS n FROM flight_ops.flights WHERE "
    assert shared.rows(asked + "carrier IN $l", l=["AA", "DL"]) == [{"n": 3}]
    assert shared.rows(asked + "carrier IN $l", l=[]) == [{"n": 0}]
    assert shared.rows(asked + "day >= $d", d=encode("d", date(2013, 1, 2))) == [{"n": 2}]
    assert shared.rows(asked + "$x IS NULL", x=None) == [{"n": 4}]


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(),
        st.dates(),
        st.datetimes(),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
        st.uuids(),
        st.binary(),
        st.lists(st.integers()),
    )
)
@settings(max_examples=150, deadline=None)
def test_a_python_value_arrives_as_it_was(value: object) -> None:
    [arrived] = bind(("v",), {"v": encode("v", value)}).values()
    assert type(arrived) is type(value)
    assert arrived == value or arrived != arrived


def test_what_cannot_be_bound_is_said(shared: SmallMesh) -> None:
    with pytest.raises(MeshError) as caught:
        encode("frame", {"a": 1})
    assert caught.value.code == "query.parameter-type"
    with pytest.raises(MeshError) as caught:
        shared.ask("SELECT $carier", carrier="AA")
    assert caught.value.code == "query.parameter-missing"
    assert "carrier" in caught.value.hint
    for value in ({"$date": "yesterday"}, {"$uuid": "x"}, {"a": "b"}, {"$decimal": "x"}):
        with pytest.raises(MeshError) as caught:
            shared.ask("SELECT $v", v=value)
        assert caught.value.code == "query.parameter-type"


def test_numpy_and_pandas_values_are_bound() -> None:
    import numpy as np
    import pandas as pd

    assert encode("v", np.int64(3)) == 3
    assert encode("v", np.array(["a"])) == ["a"]
    assert encode("v", pd.Series([1, 2])) == [1, 2]
    assert encode("v", pd.NaT) is None
    assert encode("v", pd.Timestamp("2013-01-01")) == {"$timestamp": "2013-01-01T00:00:00"}
    assert encode("v", decimal.Decimal("1.50")) == {"$decimal": "1.50"}
    assert encode("v", uuid.UUID(int=1)) == {"$uuid": str(uuid.UUID(int=1))}


def test_the_limit_holds_whatever_the_statement_says(shared: SmallMesh) -> None:
    for statement in (
        "SELECT * FROM flight_ops.flights",
        "SELECT * FROM flight_ops.flights LIMIT 3",
        "(SELECT * FROM flight_ops.flights)",
        "VALUES (1), (2), (3)",
        "SELECT * FROM flight_ops.flights OFFSET 1",
    ):
        assert shared.ask(statement, limit=2).reader.read_all().num_rows == 2


def test_rows_for_display_say_whether_there_are_more(shared: SmallMesh) -> None:
    request = QueryRequest(statement="SELECT * FROM flight_ops.flights ORDER BY day", limit=3)
    page = query.rows(shared.reader(), request)
    assert (len(page.rows), page.truncated, page.total) == (3, True, None)
    assert page.types == ["VARCHAR", "VARCHAR", "DOUBLE", "DATE"]
    assert page.rows[2] == ["AA", "N1", None, "2013-01-02"]
    whole = query.rows(shared.reader(), request.model_copy(update={"limit": 4}))
    assert (len(whole.rows), whole.truncated, whole.total) == (4, False, 4)
    sample = query.sample(shared.reader(), "flight_ops.flights", limit=1)
    assert (len(sample.rows), sample.total, sample.truncated) == (1, 4, True)


def test_columns_are_those_of_the_release_whatever_its_files_look_like(make_mesh: Make) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", pa.table({"x": pa.array([1], pa.int32())}))
    mesh.publish("a.t", pa.table({"y": ["new"], "x": pa.array([2], pa.int64())}), keep=True)
    table = mesh.ask("SELECT * FROM a.t ORDER BY x").reader.read_all()
    assert table.column_names == ["y", "x"]
    assert table.schema.field("x").type == pa.int64()
    assert table.to_pylist() == [{"y": None, "x": 1}, {"y": "new", "x": 2}]


def test_a_release_without_files_is_an_empty_table_with_its_columns(make_mesh: Make) -> None:
    mesh = make_mesh()
    mesh.publish("a.t", FLIGHTS.slice(0, 0))
    table = mesh.ask("SELECT carrier, day FROM a.t").reader.read_all()
    assert (table.num_rows, table.column_names) == (0, ["carrier", "day"])


def test_rows_stream_and_a_cancelled_query_stops(shared: SmallMesh) -> None:
    answer = shared.ask("SELECT random() AS r, flights.* FROM range(100000000), flight_ops.flights", limit=1_000_000)
    started = time.perf_counter()
    assert answer.reader.read_next_batch().num_rows > 0
    answer.cancel()
    with pytest.raises(MeshError) as caught:
        for _ in answer.reader:
            pass
    assert caught.value.code == "query.cancelled"
    assert time.perf_counter() - started < 5
    assert shared.rows("SELECT count(*) AS n FROM fleet.planes") == [{"n": 2}]


def test_every_read_is_logged_with_its_rows(small: SmallMesh) -> None:
    small.rows("SELECT f.day FROM flight_ops.flights f, fleet.planes p")
    query.read(small.reader(), ["fleet.planes"], how="run", run_id="run_1")
    assert [(read.port, read.how, read.rows, read.run_id) for read in small.reads] == [
        ("flights", "sql", 8, None),
        ("planes", "sql", 8, None),
        ("planes", "run", None, "run_1"),
    ]


def test_statements_over_ports_give_the_same_as_duckdb_on_the_frames(shared: SmallMesh) -> None:
    con = duckdb.connect()
    con.register("flights", FLIGHTS)
    for columns in ("*", "carrier, sum(dep_delay) OVER (PARTITION BY carrier ORDER BY day)", "upper(carrier) || 'x'"):
        statement = f"SELECT {columns} FROM {{}} ORDER BY ALL"
        expected = con.sql(statement.format("flights")).to_arrow_table()
        assert shared.ask(statement.format("flight_ops.flights")).reader.read_all().equals(expected)


def test_parsing_is_remembered() -> None:
    assert parse("SELECT 1 AS remembered") is parse("SELECT 1 AS remembered")


def test_moments_travel_in_utc(shared: SmallMesh) -> None:
    rows = shared.rows("SELECT TIMESTAMPTZ '2013-01-01 12:00:00' AS t")
    moment = rows[0]["t"]
    assert isinstance(moment, datetime)
    assert moment.astimezone(UTC) == datetime(2013, 1, 1, 12, tzinfo=UTC)
