"""Expressions and queries that are broken, endless or after something else: refused or given up, never passed."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
