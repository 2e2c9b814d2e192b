"""Expressions and queries that are broken, endless or after something else: refused or given up, never passed."""

from __future__ import annotations

import math
import time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate, report_on
from mesh_workbench.model.check import Outcome, PromiseResult
from tests.builders import contract
from tests.contracts.checking import check


def pattern_result(pattern: str, values: list[str | None]) -> PromiseResult:
    return check(contract({"name": "a", "logicalTypeOptions": {"pattern": pattern}}), {"a": values})["a.pattern"]


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "*", "(?<=a+)b", "\\", "(?z)a", "a{100000}{100000}"])
def test_an_expression_that_is_none_never_passes(pattern: str) -> None:
    result = pattern_result(pattern, ["b", "aa"])
    assert result.outcome in (Outcome.ERROR, Outcome.NOT_EVALUATED)
    assert len(result.reason) > 20


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|a)*$", r"^(.*a){20}$"])
def test_an_expression_that_explodes_elsewhere_is_linear_in_the_engine(pattern: str) -> None:
    began = time.perf_counter()
    assert pattern_result(pattern, ["a" * 50_000 + "!"] * 5).outcome is Outcome.FAILED
    assert time.perf_counter() - began < 20


def test_an_expression_that_explodes_is_ended_with_its_process() -> None:
    began = time.perf_counter()
    result = pattern_result(r"^(?=a)(a+)+$", ["a" * 60 + "!"])
    assert result.outcome is Outcome.NOT_EVALUATED
    assert "did not come to an end" in result.reason
    assert time.perf_counter() - began < 15


def sql_result(query: str, data: dict[str, list[object]] | None = None) -> PromiseResult:
    text = contract("a", quality=[{"type": "sql", "query": query, "mustBe": 0}])
    return check(text, data or {"a": [1, 2]})["sql"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM read_parquet('{file}')",
        "SELECT count(*) FROM '{file}'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT count(*) FROM read_text('{file}')",
        "SELECT count(*) FROM read_blob('/etc/passwd')",
        "COPY (SELECT * FROM data) TO '{file}.out'",
        "COPY data FROM '{file}'",
        "EXPORT DATABASE '{file}.db'",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO data VALUES (1)",
        "DELETE FROM data",
        "UPDATE data SET a = 1",
        "INSTALL httpfs; LOAD httpfs; SELECT 0",
        "LOAD '{file}'",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SET lock_configuration = false",
        "ATTACH '{file}.db' AS x",
        "SELECT getenv('HOME')",
        "CHECKPOINT",
        "SELECT count(*) FROM sniff_csv('{file}')",
        "SELECT 0 FROM data; DROP VIEW data",
        "EXPLAIN SELECT 0",
        "WITH x AS (SELECT * FROM read_csv('{file}')) SELECT count(*) FROM x",
        "SELECT (SELECT count(*) FROM '{file}')",
        "SELECT count(*) FROM parquet_metadata('{file}')",
        "SELECT count(*) FROM duckdb_secrets()",
        "VACUUM",
        "BEGIN",
        "SELECT count(*) FROM sqlite_scan('{file}', 'x')",
        "SELECT nextval('x')",
        "PREPARE p AS SELECT 0",
        "USE memory",
    ],
)
def test_a_query_that_writes_or_reads_elsewhere_is_refused(query: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.parquet"
    pq.write_table(pa.table({"a": [1]}), file)
    before = sorted(tmp_path.iterdir())
    result = sql_result(query.replace("{file}", str(file)))
    assert result.outcome is Outcome.ERROR, result
    assert result.observed is None
    assert len(result.reason) > 15
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM {object} a, range(100000000000) b",
        "SELECT count(*) FROM range(10000000) x, range(10000000) y",
        "SELECT length(repeat('x', 2000000000)) FROM {object}",
        "SELECT length(repeat(repeat('x', 9999), 9999)) FROM {object}",
        "SELECT length(lpad('x', a * 1000000000, 'y')) FROM {object}",
    ],
)
def test_a_query_that_wants_everything_ends_in_an_error(query: str) -> None:
    began = time.perf_counter()
    result = sql_result(query)
    assert result.outcome is Outcome.ERROR, result
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM {object}",
        "SELECT 1, 2",
        "SELECT NULL",
        "SELECT [1]",
        "SELECT 'x'",
        "SELECT 1/0",
        "SELECT 'nan'::DOUBLE",
    ],
)
def test_an_answer_that_is_not_the_number_never_passes(query: str) -> None:
    result = sql_result(query)
    assert result.outcome in (Outcome.ERROR, Outcome.FAILED)
    assert result.reason


BIG = pa.table({"a": [1, 2], "t": ["x" * 200_000, "x" * 200_001]})
NEVER_ENDING = {
    "texts that grow": "SELECT length("
    + "replace(" * 8
    + "'xxxxxxxxxx'"
    + ",'x','xxxxxxxxxx')" * 8
    + ") FROM {object}",
    "the square of a length": "SELECT sum(levenshtein(t, t || 'x')) FROM {object}",
    "wide places": "SELECT length(printf('%1000000000d', a)) FROM {object}",
    "lists that grow": "SELECT list_reduce(range(100000000), lambda x, y: x + y) FROM {object}",
    "a text in each letter": "SELECT sum(length(replace(t, 'x', t))) FROM {object}",
    "numbers without end": "WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
}


@pytest.mark.parametrize("what", NEVER_ENDING)
def test_a_query_that_the_engine_cannot_stop_is_ended_with_its_process(what: str) -> None:
    began = time.perf_counter()
    sql = {"type": "sql", "mustBe": 0}
    rules = [{**sql, "query": NEVER_ENDING[what]}, {**sql, "query": "SELECT min(length(hex(a))) - 1 FROM {object}"}]
    results = check(contract({"name": "a", "unique": True}, "t", quality=rules), BIG)
    assert results["sql"].outcome is Outcome.ERROR, results["sql"]
    assert any(word in results["sql"].reason for word in ("did not come to an end", "memory", "lloc", "may not"))
    assert results["sql.2"].outcome is Outcome.PASSED, results["sql.2"].reason  # in a new process
    assert results["a.unique"].outcome is Outcome.PASSED
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize("form", ["table", "lazy", "files", "no files"])
def test_queries_answered_apart_see_the_same_rows(form: str, tmp_path: Path) -> None:
    data = pa.table({
        "i": pa.array([1, 2, None], pa.int64()), "d": pa.array([Decimal("1.5"), None, Decimal(2)], pa.decimal128(9, 2)),
        "f": [math.nan, 1.5, None], "t": ["a", None, "ü"], "at": pa.array([0, 10**15, None], pa.timestamp("us", "UTC")),
        "day": pa.array([0, None, 9], pa.date32()), "l": [[1, 2], None, []], "b": [b"x", b"", None],
    })  # fmt: skip
    file = str(tmp_path / "x.parquet")
    pq.write_table(data, file)
    candidate = {
        "table": Candidate.from_table(data),
        "lazy": Candidate.from_table(pl.scan_parquet(file)),
        "files": Candidate.from_files([file], arrow_schema=data.schema.append(pa.field("late", pa.int32()))),
        "no files": Candidate("", [], [], arrow_schema=data.schema),
    }[form]
    names = [*data.column_names, *(["late"] if form == "files" else [])]
    selected = [what for name in names for what in (f'max("{name}")', f'count("{name}")', "*")]
    asked = [f"SELECT {what} FROM {{object}}" for what in selected]
    aside = [query.replace("FROM", "FROM (SELECT hex(1)) AS aside CROSS JOIN") for query in asked]  # hex: not modest
    rules = [{"type": "sql", "query": query, "mustBe": 0} for query in (*asked, *aside)]
    results = evaluate(parse(contract(*names, quality=rules)), candidate, timeout_s=30)
    told = [(one.outcome, one.observed, one.rows) for one in results if one.promise.kind == "sql"]
    assert told[: len(asked)] == told[len(asked) :]
    assert len({str(observed) for _, observed, _ in told}) > 1


def test_a_check_that_is_given_up_ends_such_a_query_too() -> None:
    sql = {"type": "sql", "mustBe": 0, "query": NEVER_ENDING["texts that grow"]}
    began = time.perf_counter()
    report_on(
        parse(contract("a", "t", quality=[sql])), Candidate.from_table(BIG), timeout_s=60,
        given_up=lambda: time.perf_counter() - began > 2,
    )  # fmt: skip
    assert time.perf_counter() - began < 15


def test_a_pattern_is_not_tried_in_another_process_on_more_than_fits_there() -> None:
    texts = [f"{number}{'x' * 1_000_000}" for number in range(51)]
    result = pattern_result(r"(?=x)y", texts)
    assert result.outcome is Outcome.NOT_EVALUATED
    assert "51 distinct values of 51,000,092 bytes" in result.reason
