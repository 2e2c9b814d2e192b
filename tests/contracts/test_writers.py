"""Whoever wrote a file, and however: checks answer what they answer on the same rows in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.place import candidate_at
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.check import Outcome, PromiseResult
from tests.builders import contract
from tests.contracts.checking import check

LARGE = Decimal("9" * 28 + "." + "9" * 10)
MOMENTS = [datetime(1970, 1, 1), datetime(1969, 12, 31, 23, 59, 59), datetime(2024, 10, 27, 0, 30), None, None]
ZONED = [moment and moment.replace(tzinfo=UTC) for moment in MOMENTS]
COLUMNS: dict[str, pa.Array] = {
    "i8": pa.array([-128, 127, 0, None, 0], pa.int8()),
    "i64": pa.array([-(2**63), 2**63 - 1, 0, None, 0], pa.int64()),
    "u32": pa.array([0, 2**32 - 1, 2**31, None, 7], pa.uint32()),
    "u64": pa.array([0, 2**64 - 1, 2**63, None, 7], pa.uint64()),
    "nan": pa.array([math.nan, 1.5, -0.0, None, 0.0], pa.float64()),
    "only_nan": pa.array([math.nan] * 5, pa.float32()),
    "infinite": pa.array([math.inf, -math.inf, 5e-324, None, 1.7e308], pa.float64()),
    "decimal": pa.array([LARGE, LARGE.copy_negate(), Decimal(0), None, Decimal("0.0000000001")], pa.decimal128(38, 10)),
    "whole": pa.array([Decimal("9" * 18), Decimal("-" + "9" * 18), Decimal(0), None, Decimal(5)], pa.decimal128(18, 0)),
    "text": pa.array(["", "z" * 299 + "y", "z" * 300, None, "a\x00b"]),
    "category": pa.array(["x", "y", "x", None, "z"]).dictionary_encode(),
    "bytes": pa.array([b"", b"\xff" * 100, b"\x00", None, b"a"]),
    "day": pa.array([date(1, 1, 1), date(9999, 12, 31), date(1582, 10, 10), None, date(2024, 2, 29)]),
    "us": pa.array(MOMENTS, pa.timestamp("us")),
    "zoned": pa.array(ZONED, pa.timestamp("us", "Europe/Berlin")),
    "ns": pa.array(MOMENTS, pa.timestamp("ns")),
    "zoned_ns": pa.array(ZONED, pa.timestamp("ns", "UTC")),
    "ms": pa.array(MOMENTS, pa.timestamp("ms")),
    "hour": pa.array([time(0), time(23, 59, 59, 999999), time(12), None, time(12)], pa.time64("us")),
    "flag": pa.array([True, False, True, None, True]),
    "empty": pa.nulls(5, pa.int32()),
    "list": pa.array([[], [1], [1, 1], None, [None]], pa.list_(pa.int64())),
    "record": pa.array([{"n": math.nan}, {"n": 1.0}, {"n": None}, None, {"n": 2.0}], pa.struct({"n": pa.float64()})),
}
DATA = pa.table(COLUMNS)
NUMBERS = ("i8", "i64", "u32", "u64", "nan", "only_nan", "infinite", "decimal", "whole", "empty")
TIMES = ("us", "zoned", "ns", "zoned_ns", "ms")


def described(name: str) -> dict[str, object]:
    """The column with every rule that can be asked of it, bounds at values that it has."""
    sql = [f"SELECT {what} FROM {{object}}" for what in ("count({property})", "count(DISTINCT {property})")]
    options: dict[str, object] = {}
    if name in NUMBERS:
        options = {"minimum": 0, "maximum": 1.5, "exclusiveMinimum": -128, "multipleOf": 0.5, "format": "i32"}
    if name in NUMBERS or name in TIMES:
        sql += [f"SELECT {what}({{property}}) FROM {{object}}" for what in ("min", "max")]
    if name in ("nan", "only_nan", "infinite"):
        sql += ["SELECT count(*) FROM {object} WHERE " + what for what in ("isnan({property})", "{property} > 100")]
    if name in TIMES:
        options = {"minimum": "1970-01-01T00:00:00Z", "exclusiveMaximum": "2024-10-27T00:30:00Z"}
    if name == "record":
        sql += ["SELECT count(*) FROM {object} WHERE {property}.n > 100"]
    options |= {
        "day": {"minimum": "1582-10-10", "exclusiveMaximum": "9999-12-31"},
        "hour": {"minimum": "12:00", "maximum": "12:00"},
        "text": {"minLength": 1, "maxLength": 299, "pattern": "z{299}"},
        "list": {"minItems": 1, "uniqueItems": True},
    }.get(name, {})
    metrics = [{"metric": metric, "mustBe": 0} for metric in ("nullValues", "missingValues", "duplicateValues")]
    return {
        "name": name, "required": True, "unique": True, "logicalTypeOptions": options,
        "quality": [*metrics, *({"type": "sql", "query": query, "mustBe": -1} for query in sql)],
        **({"logicalType": "number"} if name in NUMBERS else {}),
    }  # fmt: skip


CONTRACT = contract(
    *(described(name) for name in DATA.column_names),
    quality=[
        {"metric": "rowCount", "mustBe": 5},
        {"metric": "duplicateValues", "arguments": {"properties": ["i8", "category"]}, "mustBe": 0},
        {"metric": "duplicateValues", "mustBe": 0},
    ],
)


def by_duckdb(data: pa.Table, file: str) -> None:
    with duckdb.connect() as connection:
        connection.register("given", data)
        connection.execute(f"COPY (SELECT * FROM given) TO '{file}' (FORMAT parquet)")


WRITERS: dict[str, Callable[[pa.Table, str], object]] = {
    "pyarrow": pq.write_table,
    "pyarrow in small groups": lambda data, file: pq.write_table(data, file, row_group_size=1, write_page_index=True),
    "pyarrow without dictionaries": lambda data, file: pq.write_table(
        data, file, use_dictionary=False, data_page_version="2.0", store_schema=False
    ),
    "pyarrow without statistics": lambda data, file: pq.write_table(data, file, write_statistics=False),
    "DuckDB": by_duckdb,
    "Polars": lambda data, file: pl.from_arrow(data).write_parquet(file, row_group_size=2),  # type: ignore[union-attr]
}


def shown(result: PromiseResult) -> list[str]:
    return sorted(map(json.dumps, result.sample))


def told(results: list[PromiseResult]) -> dict[str, tuple[Any, ...]]:
    return {one.promise.id: (one.outcome, observed(one), one.failing_rows, one.rows, shown(one)) for one in results}


def observed(result: PromiseResult) -> str:
    """Of 0.0 and -0.0, which are equal, either may be the least."""
    return str(result.observed).replace("-0.0", "0.0")


@pytest.fixture(scope="module")
def expected() -> dict[str, tuple[Any, ...]]:
    found = told(evaluate(parse(CONTRACT), Candidate.from_table(DATA, "data")))
    assert not [name for name, one in found.items() if one[0] in (Outcome.ERROR, Outcome.NOT_EVALUATED)]
    assert {one[0] for one in found.values()} == {Outcome.PASSED, Outcome.FAILED}
    return found


@pytest.mark.parametrize("writer", WRITERS)
def test_files_of_every_writer_give_the_results_of_their_rows(
    writer: str, expected: dict[str, tuple[Any, ...]], tmp_path: Path
) -> None:
    files = [str(tmp_path / f"{number}.parquet") for number in (1, 2)]
    for file, part in zip(files, (DATA.slice(0, 3), DATA.slice(3)), strict=True):
        WRITERS[writer](part, file)
    assert told(evaluate(parse(CONTRACT), Candidate("data", files, files))) == expected


def test_a_delta_table_of_another_writer_gives_the_results_of_its_rows(
    expected: dict[str, tuple[Any, ...]], tmp_path: Path
) -> None:
    unknown = ("u32", "u64", "ns", "zoned_ns", "ms", "hour", "category")  # to Delta
    names = [name for name in DATA.column_names if name not in unknown]
    write_deltalake(tmp_path / "t", DATA.select(names))
    candidate = candidate_at(str(tmp_path / "t"))
    assert candidate is not None
    found = told(evaluate(parse(contract(*map(described, names))), candidate))
    assert found == {name: expected[name] for name in found}


def test_lazy_frames_give_the_results_of_their_rows(expected: dict[str, tuple[Any, ...]], tmp_path: Path) -> None:
    pq.write_table(DATA, tmp_path / "x.parquet")
    frame = pl.scan_parquet(tmp_path / "x.parquet")
    assert told(evaluate(parse(CONTRACT), Candidate.from_table(frame, "data"))) == expected


def test_half_floats_are_checked_as_floats() -> None:
    data = pa.table({"h": pa.array([1.5, math.nan, None], pa.float16()), "l": pa.array([[1.5], None, []])})
    halves = data.set_column(1, "l", pa.array([[1.5], None, []], pa.list_(pa.float16())))
    text = contract({"name": "h", "logicalType": "number", "logicalTypeOptions": {"maximum": 1}}, {"name": "l"})
    assert told([*check(text, halves).values()]) == told([*check(text, data).values()])
    lazy = pl.LazyFrame({"h": pl.Series([1.5, None], dtype=pl.Float16)})
    text = contract({"name": "h", "logicalTypeOptions": {"maximum": 1}})
    results = told(evaluate(parse(text), Candidate.from_table(lazy)))
    assert results["data.h.maximum"][:3] == (Outcome.FAILED, "1", 1)


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"a": pa.array([Decimal(1)], pa.decimal256(50, 2))}),
        pa.table({"a": pa.UnionArray.from_dense(pa.array([0], pa.int8()), pa.array([0], pa.int32()), [pa.array([1])])}),
        pl.LazyFrame({"a": pl.Series([2**100], dtype=pl.Int128)}),
        pl.LazyFrame({"a": pl.Series([object()], dtype=pl.Object)}),
    ],
    ids=["wide decimal", "union", "128 bits", "objects"],
)
def test_a_type_that_the_engine_cannot_read_is_refused_by_its_column(table: pa.Table | pl.LazyFrame) -> None:
    with pytest.raises(InvalidInput) as refused:
        evaluate(parse(contract("a")), Candidate.from_table(table))
    assert (refused.value.code, refused.value.where) == ("frame.unsupported-type", "column a")
