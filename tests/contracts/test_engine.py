"""Every way of measuring gives what plain counting gives, and reads no more than it must."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts import keys, stages
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.database import open_database
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.footers import facts_of
from mesh_workbench.contracts.measure import Duplicates
from mesh_workbench.contracts.plan import plan
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.check import Outcome, PromiseResult
from tests.builders import contract
from tests.contracts.test_mutations import CONTRACT, MUTATIONS, PEOPLE, table


def files_of(data: pa.Table, folder: Path, pieces: int = 2, **options: Any) -> list[str]:
    """`data` in some files, in several row groups."""
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-data.num_rows // pieces) or 1
    names = []
    for number in range(pieces):
        names.append(str(folder / f"{number}.parquet"))
        pq.write_table(data.slice(number * size, size), names[-1], row_group_size=max(1, size // 2), **options)
    return names


def told(results: list[PromiseResult]) -> list[tuple[object, ...]]:
    return [(r.promise.id, r.outcome, r.observed, r.failing_rows, r.rows, r.reason, len(r.sample)) for r in results]


@pytest.mark.parametrize("broken", [False, True])
def test_files_and_tables_give_the_same_results(broken: bool, tmp_path: Path) -> None:
    data = table({name: column for changed in MUTATIONS.values() for name, column in changed.items()} if broken else {})
    doc = parse(CONTRACT)
    files = files_of(data, tmp_path)
    from_table = evaluate(doc, Candidate.from_table(data, foreign={"people": PEOPLE}), timeout_s=5)
    from_files = evaluate(doc, Candidate("data", files, files, foreign={"people": PEOPLE}), timeout_s=5)
    assert told(from_files) == told(from_table)


def test_each_different_value_of_a_column_with_few_is_looked_at_once(tmp_path: Path) -> None:
    rows = 1_000_000
    data = pa.table({"mesh n": ["AA", "BB", "cc", None] * (rows // 4), "id": pa.array(range(rows))})
    item = {"name": "mesh n", "enum": ["AA", "BB"], "logicalTypeOptions": {"pattern": "^[A-Z]+$", "maxLength": 2}}
    doc = parse(contract(item, {"name": "id", "unique": True}))
    files = files_of(data, tmp_path)
    assert any("looked at once" in line for line in plan(doc, Candidate("data", files, files)))
    results = evaluate(doc, Candidate("data", files, files))
    assert told(results) == told(evaluate(doc, Candidate.from_table(data)))
    assert {r.promise.id: r.failing_rows for r in results}["data.mesh n.pattern"] == rows // 4


def keyed(values: dict[str, list[Any]], kinds: dict[str, pa.DataType]) -> pa.Table:
    return pa.table({name: pa.array(column, kinds[name]) for name, column in values.items()})


KEYS: dict[str, Callable[[random.Random, int], tuple[list[Any], pa.DataType]]] = {
    "increasing": lambda _chance, n: (list(range(-5, n - 5)), pa.int64()),
    "dense": lambda chance, n: (chance.sample(range(-n, n), n), pa.int32()),
    "wide": lambda chance, n: ([chance.randrange(-(2**62), 2**62) for _ in range(n)], pa.int64()),
    "limits": lambda chance, n: ([-(2**63), 2**63 - 1, *chance.sample(range(10**6), n - 2)], pa.int64()),
    "unsigned": lambda chance, n: ([2**64 - 1, *chance.sample(range(10**6), n - 1)], pa.uint64()),
    "text": lambda chance, n: ([f"k{value}" for value in chance.sample(range(n * 3), n)], pa.string()),
    "dates": lambda chance, n: ([date(2020, 1, 1) + timedelta(d) for d in chance.sample(range(3 * n), n)], pa.date32()),
    "times": lambda chance, n: (
        [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=m) for m in chance.sample(range(3 * n), n)],
        pa.timestamp("us", "UTC"),
    ),
    "decimals": lambda chance, n: ([Decimal(v) / 4 for v in chance.sample(range(n * 3), n)], pa.decimal128(38, 4)),
    "floats": lambda chance, n: (
        [math.inf, -math.inf, math.nan, *(chance.random() for _ in range(n - 3))],
        pa.float64(),
    ),
    "tiny": lambda chance, n: ([value % 200 for value in chance.sample(range(200), min(n, 200))], pa.uint8()),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("shape", ["unique", "repeated", "null", "pair"])
def test_a_key_is_proved_exactly_when_counting_finds_nothing(kind: str, shape: str, tmp_path: Path) -> None:
    chance = random.Random(kind + shape)
    column, arrow = KEYS[kind](chance, 150)
    if shape == "repeated":
        column[-1] = column[0]
    if shape == "null":
        column[3] = None
        column[4] = None
    groups = [chance.randrange(3) for _ in column]
    groups[-1], groups[3], groups[4] = groups[0], 0, 1
    data = pa.table({"k": pa.array(column, arrow), "g": pa.array(groups, pa.int8())})
    if shape == "pair":
        data = pa.concat_tables([data, data.set_column(1, "g", pa.array([9] * len(column), pa.int8()))])
    files = files_of(data, tmp_path)
    names = ["g", "k"] if shape == "pair" else ["k"]
    measures = Duplicates(tuple(names)), Duplicates((), whole_rows=True)
    for candidate in (Candidate("data", files, files), Candidate.from_table(data)):
        known = stages.Known.of(candidate)
        with open_database(candidate, memory_limit="200MB") as database:
            for spare in (2**28, 700):
                database.spare_bytes = spare
                for measure in measures:
                    key = keys.key_of(database, measure, known.all, data.num_rows)
                    assert keys.is_unique(database, key) is (shape != "repeated"), (measure, spare)
                    assert keys.words_of(database, key)


def test_footers_are_believed_only_where_that_is_safe(tmp_path: Path) -> None:
    data = pa.table({
        "f": [1.0, math.nan], "t": ["a", "b"], "i": pa.array([1, None], pa.int32()), "n": pa.nulls(2, pa.int64()),
        "d": [Decimal("1.10"), Decimal("-2.00")], "ns": pa.array([1, 2], pa.timestamp("ns")), "s": [{"i": 5}, None],
    })  # fmt: skip
    facts = facts_of(files_of(data, tmp_path / "a", 1))
    assert facts is not None
    assert (facts.rows, facts.nulls["i"], facts.nulls["n"], facts.nulls["f"]) == (2, 1, 2, 0)
    assert {name: values.to_pylist() for name, values in facts.extremes.items()} == {
        "i": [1, 1], "n": [], "d": [Decimal("-2.00"), Decimal("1.10")],
    }  # fmt: skip
    assert "s" not in facts.nulls
    silent = facts_of(files_of(data, tmp_path / "b", 1, write_statistics=False))
    assert silent is not None
    assert (silent.rows, silent.nulls, silent.extremes) == (2, {}, {})
    others = [*files_of(data, tmp_path / "c", 1), *files_of(pa.table({"I": [7], "d": [1]}), tmp_path / "d", 1)]
    mixed = facts_of(others)
    assert mixed is not None
    assert "i" not in mixed.nulls  # spelled in two ways
    assert "d" not in mixed.nulls  # of two types
    assert mixed.nulls["t"] == 1  # the second file has none
    foreign = tmp_path / "foreign.parquet"
    foreign.write_bytes((tmp_path / "a" / "0.parquet").read_bytes().replace(b"parquet-cpp-arrow", b"parquet-xyz-arrow"))
    unknown = facts_of([str(foreign)])
    assert unknown is not None
    assert (unknown.rows, unknown.nulls, unknown.extremes) == (2, {}, {})
    assert facts_of([str(tmp_path / "gone.parquet")]) is None


def test_bounds_in_footers_only_ever_acquit(tmp_path: Path) -> None:
    data = pa.table({"i": [1, 5, None], "f": [0.5, math.nan, None]})
    options = {"minimum": 1, "exclusiveMaximum": 5}
    doc = parse(contract({"name": "i", "logicalTypeOptions": options}, {"name": "f", "logicalTypeOptions": options}))
    files = files_of(data, tmp_path, 1)
    results = {r.promise.id: r for r in evaluate(doc, Candidate("data", files, files))}
    assert results["data.i.minimum"].outcome is Outcome.PASSED
    assert (results["data.i.exclusiveMaximum"].failing_rows, results["data.i.exclusiveMaximum"].sample) == (
        1,
        [{"i": 5}],
    )
    assert (results["data.f.minimum"].failing_rows, results["data.f.exclusiveMaximum"].failing_rows) == (2, 1)


def test_a_plan_names_each_promise_once_and_how_it_is_decided(tmp_path: Path) -> None:
    doc, files = parse(CONTRACT), files_of(table(), tmp_path)
    candidate = Candidate("data", files, files, foreign={"people": PEOPLE})
    lines = plan(doc, candidate)
    said = " ".join(lines)
    for result in evaluate(doc, candidate):
        assert said.count(f" {result.promise.id},") + said.count(f" {result.promise.id}.") >= 1, result.promise.id
    for words in ("footers, without reading", "least and greatest", "One pass over", "map of", "a process of its own"):
        assert words in said
    assert plan(doc, Candidate.from_table(table()))


def test_a_lazy_frame_is_checked_like_a_table() -> None:
    data = pa.table({"id": [1, 2, 2], "t": ["a", None, "b"]})
    doc = parse(contract({"name": "id", "unique": True}, {"name": "t", "required": True, "enum": ["a", "b"]}))
    for frame in (data, pl.LazyFrame(data)):
        results = {r.promise.id: r for r in evaluate(doc, Candidate.from_table(frame))}
        failed = {name for name, r in results.items() if r.outcome is Outcome.FAILED}
        assert failed == {"data.id.unique", "data.t.required"}
        assert results["data.t.required"].rows == 3


def test_names_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    data = pa.table({"A": [1], "a": [2]})
    pq.write_table(data, tmp_path / "a.parquet")
    file = str(tmp_path / "a.parquet")
    for candidate in (Candidate.from_table(data), Candidate("data", [file], [file])):
        with pytest.raises(InvalidInput, match="differ in case only"):
            evaluate(parse(contract("a", "A")), candidate)


def test_more_keys_than_memory_are_counted_on_disk(tmp_path: Path) -> None:
    rows = 1_500_000
    keys_ = pa.array([f"{row % (rows - 1):040d}" for row in range(rows)])
    file = str(tmp_path / "wide.parquet")
    pq.write_table(pa.table({"k": keys_}), file, row_group_size=100_000)
    doc = parse(contract({"name": "k", "unique": True}))
    [_, unique] = evaluate(doc, Candidate("data", [file], [file]), memory_limit="60MB")
    assert (unique.outcome, unique.observed, unique.failing_rows) == (Outcome.FAILED, 1, 2), unique.reason
    assert len(unique.sample) == 2
