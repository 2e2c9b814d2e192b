"""Every type of every library becomes one that all readers agree on, or is refused with a hint."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.storage.normalise import to_arrow


def arrow(values: object, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"x": pa.array(values, kind)})


WIDENED = {
    "unsigned": (arrow([1], pa.uint32()), pa.int64()),
    "unsigned 64 bits": (arrow([1], pa.uint64()), pa.int64()),
    "half": (arrow(np.array([1.5], "float16")), pa.float32()),
    "nanoseconds": (arrow([1_500], pa.timestamp("ns")), pa.timestamp("us")),
    "another zone": (arrow([1], pa.timestamp("s", "Europe/Madrid")), pa.timestamp("us", "UTC")),
    "milliseconds of days": (arrow([dt.date(2020, 1, 1)], pa.date64()), pa.date32()),
    "category": (pl.DataFrame({"x": ["a"]}, schema={"x": pl.Categorical}), pa.string()),
    "enum in a list": (pl.DataFrame({"x": [["a"]]}, schema={"x": pl.List(pl.Enum(["a"]))}), pa.list_(pa.string())),
    "array": (pl.DataFrame({"x": [[1, 2]]}, schema={"x": pl.Array(pl.UInt8, 2)}), pa.list_(pa.int16())),
    "pandas category": (pd.DataFrame({"x": pd.Categorical(["a"])}), pa.string()),
    "pandas text": (pd.DataFrame({"x": ["a"]}), pa.string()),
    "pandas sparse": (pd.DataFrame({"x": pd.arrays.SparseArray([0, 1])}), pa.int64()),
    "view": (arrow(["a"], pa.string_view()), pa.string()),
    "list view": (arrow([[1]], pa.list_view(pa.uint8())), pa.list_(pa.int16())),
    "run ends": (pa.table({"x": pa.RunEndEncodedArray.from_arrays([2], ["a"])}), pa.string()),
    "fixed bytes": (arrow([b"ab"], pa.binary(2)), pa.binary()),
    "uuid": ([{"x": uuid.UUID(int=1)}], pa.string()),
    "decimals of Python": ([{"x": decimal.Decimal("1.50")}], pa.decimal128(38, 2)),
    "wide decimal": (arrow([decimal.Decimal(1)], pa.decimal256(30, 2)), pa.decimal128(30, 2)),
    "128 bits": (pl.DataFrame({"x": [2**90]}, schema={"x": pl.Int128}), pa.decimal128(38, 0)),
    "huge integer of DuckDB": (duckdb.sql("SELECT sum(1) AS x"), pa.decimal128(38, 0)),
    "struct": (duckdb.sql("SELECT {'a': 1::utinyint} AS x"), pa.struct([("a", pa.int16())])),
    "map": (duckdb.sql("SELECT map {'a': 1::utinyint} AS x"), pa.map_(pa.string(), pa.int16())),
    "enum of DuckDB": (duckdb.sql("SELECT 'a'::enum('a') AS x"), pa.string()),
    "only nulls, with a type": (arrow([None], pa.int32()), pa.int32()),
}


@pytest.mark.parametrize("name", WIDENED)
def test_a_type_that_readers_disagree_on_is_widened(name: str) -> None:
    frame, kind = WIDENED[name]
    table = to_arrow(frame)
    assert table.schema == pa.schema([pa.field("x", kind)])
    assert table.num_rows in (1, 2)


REFUSED = {
    "time": (duckdb.sql("SELECT TIME '10:00' AS x"), "frame.unsupported-type", "seconds since midnight"),
    "duration": (pl.DataFrame({"x": [dt.timedelta(1)]}), "frame.unsupported-type", "delay_s"),
    "interval": (duckdb.sql("SELECT INTERVAL 1 DAY AS x"), "frame.unsupported-type", "delay_s"),
    "nulls without a type": (pd.DataFrame({"x": [None, None]}, dtype=object), "frame.all-null-column", "astype"),
    "nulls in a struct": ([{"x": {"a": None}}], "frame.all-null-column", "type"),
    "empty list": (pl.DataFrame({"x": [[]]}), "frame.all-null-column", "type"),
    "union": (duckdb.sql("SELECT union_value(a := 1) AS x"), "frame.unsupported-type", "drop the column"),
    "period": (pd.DataFrame({"x": pd.period_range("2020", periods=1)}), "frame.unsupported-type", "text"),
    "mixed": (pd.DataFrame({"x": [1, "a"]}, dtype=object), "frame.mixed-column", "astype('string')"),
    "mixed dicts": ([{"x": 1}, {"x": "a"}], "frame.mixed-column", "one type"),
    "objects": (pl.DataFrame({"x": [object()]}, schema={"x": pl.Object}), "frame.unsupported-type", "strings"),
    "complex": (pd.DataFrame({"x": [1j]}), "frame.mixed-column", "one type"),
    "large unsigned": (arrow([2**63], pa.uint64()), "frame.value-out-of-range", "decimal"),
    "large": ([{"x": 2**70}], "frame.value-out-of-range", "Decimal"),
    "distant": (arrow([2**60], pa.timestamp("s")), "frame.value-out-of-range", "string"),
    "60 digits": (arrow([decimal.Decimal(1)], pa.decimal256(60, 0)), "frame.unsupported-type", "smaller decimal"),
    "empty struct": (arrow([{}], pa.struct([])), "frame.unsupported-type", "drop the column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_table_can_hold_is_refused_with_the_column_and_a_hint(name: str) -> None:
    frame, code, hint = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        to_arrow(frame)
    assert refused.value.code == code
    assert hint in refused.value.hint
    assert refused.value.where.startswith("column x")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (5, "frame.unsupported"),
        ("text", "frame.unsupported"),
        ({"a": [1]}, "frame.unsupported"),
        ([1], "frame.unsupported"),
        (pl.Series([1]), "frame.unsupported"),
        (pd.Series([1]), "frame.unsupported"),
        ([], "frame.no-columns"),
        (pd.DataFrame([[1]]), "frame.column-name"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "frame.column-name"),
        (pa.table({" ": [1]}), "frame.column-name"),
        (pa.table({"a\n": [1]}), "frame.column-name"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "frame.duplicate-column"),
        (pa.table({"a": [1], "A": [1]}), "frame.duplicate-column"),
    ],
)
def test_what_is_no_frame_or_has_no_good_names_is_refused(frame: object, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_arrow(frame)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_named_index_becomes_columns_and_an_unnamed_one_does_not() -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key"))
    assert to_arrow(frame).column_names == ["key", "a"]
    assert to_arrow(frame.rename_axis(None)).column_names == ["a"]


def test_dicts_may_lack_keys() -> None:
    assert to_arrow([{"a": 1}, {"b": "x"}]).to_pylist() == [{"a": 1, "b": None}, {"a": None, "b": "x"}]


@pytest.mark.parametrize(
    "make",
    [
        pl.DataFrame,
        lambda columns: pl.DataFrame(columns).lazy(),
        pd.DataFrame,
        pa.table,
        pa.record_batch,
        lambda columns: pa.table(columns).to_reader(),
        lambda columns: duckdb.from_arrow(pa.table(columns)),
        lambda columns: pa.table(columns).to_pylist(),
    ],
)
def test_every_library_s_frame_gives_the_same_table(make: object) -> None:
    columns = {"a": [1, 2], "b": ["x", None], "t": [dt.datetime(2013, 1, 1), None]}
    table = to_arrow(make(columns))  # type: ignore[operator]
    assert table.schema == pa.schema([("a", pa.int64()), ("b", pa.string()), ("t", pa.timestamp("us"))])
    assert table.to_pydict() == columns
