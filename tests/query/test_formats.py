"""Answers as bytes: the same rows in each format, whatever is in them."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.engine.formats import FORMATS, Sink, distinct
from mesh_workbench.engine.functions import allowed
from mesh_workbench.engine.statement import parse
from mesh_workbench.engine.volatile import VOLATILE, lasting

AWKWARD = pa.table(
    {
        "big": pa.array([2**62, -(2**63), None], pa.int64()),
        "ratio": [math.nan, -math.inf, None],
        "price": pa.array([Decimal("12345678901234.5678"), Decimal("-0.0001"), None], pa.decimal128(18, 4)),
        "at": pa.array([datetime(2013, 1, 1, 6, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), None]),
        "day": [date(1, 1, 1), date(9999, 12, 31), None],
        "clock": pa.array([time(23, 59, 59, 1), time(0), None]),
        "name": ['Zoë "😀", \n', "", None],
        "raw": [b"\x00\xff", b"", None],
        "tags": [["a", None, 'b"'], [], None],
        "place": [{"lat": math.nan, "name": "x"}, {"lat": 1.5, "name": None}, None],
        "ok": [True, False, None],
    }
)


def written(form: str, table: pa.Table, batch_rows: int = 2) -> bytes:
    sink = Sink()
    writer = FORMATS[form].open(sink, table.schema)
    for batch in table.to_batches(max_chunksize=batch_rows):
        writer.write_batch(batch)
    writer.close()
    return sink.take()


def same(one: Any, other: Any) -> bool:
    return str(one) == str(other)  # NaN is nothing's equal


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_arrow_and_parquet_hold_every_value_as_it_is(rows: int) -> None:
    table = AWKWARD.slice(0, rows)
    assert same(pa.ipc.open_stream(written("arrow", table)).read_all().to_pylist(), table.to_pylist())
    assert same(pq.read_table(io.BytesIO(written("parquet", table))).to_pylist(), table.to_pylist())


def test_json_says_exactly_what_it_can_and_the_rest_as_text() -> None:
    lines = [json.loads(line) for line in written("jsonl", AWKWARD).decode().splitlines()]
    assert lines == json.loads(written("json", AWKWARD))
    first, second, third = lines
    assert first == {
        "big": "4611686018427387904",
        "ratio": "nan",
        "price": "12345678901234.5678",
        "at": "2013-01-01T06:00:00+00:00",
        "day": "0001-01-01",
        "clock": "23:59:59.000001",
        "name": 'Zoë "😀", \n',
        "raw": base64.b64encode(b"\x00\xff").decode(),
        "tags": ["a", None, 'b"'],
        "place": {"lat": "nan", "name": "x"},
        "ok": True,
    }
    assert (second["ratio"], second["name"], second["tags"], second["ok"]) == ("-inf", "", [], False)
    assert set(third.values()) == {None}
    assert (written("jsonl", AWKWARD.slice(0, 0)), written("json", AWKWARD.slice(0, 0))) == (b"", b"[]\n")


def test_csv_tells_null_from_the_empty_text_and_nested_values_are_json_in_it() -> None:
    text = written("csv", AWKWARD).decode()
    header, first, second, third = csv.reader(io.StringIO(text))
    assert header == AWKWARD.column_names
    row = dict(zip(header, first, strict=True))
    assert (row["big"], row["ratio"], row["price"]) == ("4611686018427387904", "nan", "12345678901234.5678")
    assert (row["at"], row["name"]) == ("2013-01-01 06:00:00.000000Z", 'Zoë "😀", \n')
    assert json.loads(row["tags"]) == ["a", None, 'b"']
    assert json.loads(row["place"]) == {"lat": "nan", "name": "x"}
    assert base64.b64decode(row["raw"]) == b"\x00\xff"
    assert dict(zip(header, second, strict=True))["name"] == ""
    assert set(third) == {""}
    assert text.endswith("," * 10 + "\n"), "a null has no quotes, the empty text has"


def test_what_a_format_cannot_hold_is_text_in_it() -> None:
    table = duckdb.connect().sql("SELECT INTERVAL 36 HOUR AS span, uuid() AS id, 1::HUGEINT AS h").to_arrow_table()
    assert pq.read_table(io.BytesIO(written("parquet", table)))["span"].to_pylist()[0]
    assert all(written(form, table) for form in FORMATS)


def test_columns_of_one_name_are_told_apart_where_names_must_differ() -> None:
    assert distinct(["a", "a", "a_2", "a"]) == ["a", "a_2", "a_2_2", "a_3"]
    table = pa.table([[1], [2]], names=["a", "a"])
    assert json.loads(written("json", table)) == [{"a": 1, "a_2": 2}]
    assert pq.read_table(io.BytesIO(written("parquet", table))).column_names == ["a", "a_2"]


def test_every_function_of_time_and_chance_is_known() -> None:
    """A newer DuckDB with another one fails here."""
    found = duckdb.connect().execute("SELECT DISTINCT function_name, stability FROM duckdb_functions()").fetchall()
    unstable = {name for name, stability in found if stability not in (None, "CONSISTENT") and allowed(name)}
    assert unstable - VOLATILE == set()


@pytest.mark.parametrize(
    "expression",
    ["now()", "current_timestamp", "current_date", "today()", "random()", "uuid()", "gen_random_uuid()", "uuidv7()",
     "localtimestamp", "get_current_time()", "ago(INTERVAL 1 DAY)", "age(TIMESTAMP '2013-01-01')",
     "CASE WHEN true THEN 1 + random() END", "(SELECT max(now()))", "list_transform([1], lambda x: x + random())"],
)  # fmt: skip
def test_an_answer_in_which_time_or_chance_have_a_part_does_not_last(expression: str) -> None:
    assert not lasting(parse(f"SELECT {expression} AS x FROM a.t"))


def test_when_to_read_is_resolved_to_releases_and_lasts() -> None:
    assert lasting(parse("SELECT x FROM a.t AT (TIMESTAMP => now() - INTERVAL 1 DAY)"))
    assert lasting(parse("SELECT \"now\", t.random, 'uuid()' FROM a.t ORDER BY lower(x)"))
    assert not lasting(parse("SELECT x FROM a.t TABLESAMPLE 10%"))
