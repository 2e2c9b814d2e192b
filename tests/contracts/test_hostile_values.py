"""Values at their limits: nothing at all, only nulls, NaN, infinities, the widest numbers, hours that come twice."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.model.check import Outcome, Verdict, verdict_of
from tests.builders import contract
from tests.contracts.checking import check

EVERY_RULE = {
    "required": True,
    "unique": True,
    "quality": [
        {"metric": "nullValues", "mustBe": 0},
        {"metric": "duplicateValues", "mustBe": 0},
        {"metric": "missingValues", "mustBe": 0, "unit": "percent"},
        {"metric": "rowCount", "mustBeGreaterThan": 0},
    ],
}
KINDS = {
    "integer": pa.int64(),
    "number": pa.decimal128(38, 10),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "array": pa.list_(pa.int32()),
    "object": pa.struct({"x": pa.int8()}),
}


@pytest.mark.parametrize("rows", [0, 3])
@pytest.mark.parametrize("in_files", [False, True])
def test_empty_tables_and_columns_of_nulls_are_told_apart(rows: int, in_files: bool, tmp_path: Path) -> None:
    data = pa.table({kind: pa.nulls(rows, arrow) for kind, arrow in KINDS.items()})
    text = contract(*({"name": kind, "logicalType": kind, **EVERY_RULE} for kind in KINDS))
    candidate = Candidate.from_table(data)
    if in_files:
        file = str(tmp_path / "x.parquet")
        pq.write_table(data, file)
        candidate = Candidate("data", [file], [file])
    results = {result.promise.id: result for result in evaluate(parse(text), candidate)}
    for kind in KINDS:
        assert results[f"data.{kind}.logicalType"].outcome is Outcome.PASSED
        assert results[f"data.{kind}.unique"].outcome is Outcome.PASSED
        nulls, required = results[f"data.{kind}.nullValues"], results[f"data.{kind}.required"]
        assert (nulls.outcome, required.outcome) == ((Outcome.PASSED,) * 2 if rows == 0 else (Outcome.FAILED,) * 2)
        if rows == 0:
            assert required.reason == "There are no rows to look at."
        else:
            assert (required.failing_rows, len(required.sample)) == (3, 3)
    assert verdict_of(list(results.values())) is Verdict.BREACHED


@pytest.mark.parametrize("in_files", [False, True])
def test_nan_infinities_and_limits_of_numbers_are_measured(in_files: bool, tmp_path: Path) -> None:
    most, zero = Decimal("9" * 28 + "." + "9" * 10), Decimal("0.0000000000")
    data = pa.table(
        {
            "f": [math.nan, math.inf, -math.inf, -0.0],
            "g": [math.nan, math.nan, 0.0, -0.0],
            "d": pa.array([most, most.copy_negate(), zero, None], pa.decimal128(38, 10)),
            "i": pa.array([2**63 - 1, -(2**63), 0, 1], pa.int64()),
            "u": pa.array([2**64 - 1, 0, 1, 2], pa.uint64()),
        }
    )
    text = contract(
        {"name": "f", "logicalType": "number", "logicalTypeOptions": {"minimum": -1, "maximum": 1, "format": "f32"}},
        {"name": "g", "unique": True, "logicalTypeOptions": {"multipleOf": 0.5}},
        {
            "name": "d",
            "logicalType": "number",
            "unique": True,
            "logicalTypeOptions": {"minimum": 0, "multipleOf": 3, "format": "i128"},
        },
        {
            "name": "i",
            "logicalType": "integer",
            "unique": True,
            "logicalTypeOptions": {"maximum": 9223372036854775806, "format": "i64", "multipleOf": 2},
        },
        {"name": "u", "logicalType": "integer", "unique": True, "logicalTypeOptions": {"minimum": 0, "format": "i64"}},
    )
    candidate = Candidate.from_table(data)
    if in_files:
        file = str(tmp_path / "x.parquet")
        pq.write_table(data, file)
        candidate = Candidate("data", [file], [file])
    found = {r.promise.id.removeprefix("data."): r for r in evaluate(parse(text), candidate)}
    assert (found["f.minimum"].failing_rows, found["f.maximum"].failing_rows) == (2, 2)
    assert found["f.format"].outcome is Outcome.FAILED  # the column is wider
    assert found["g.unique"].observed == 2  # NaN twice, and 0 and -0 are equal
    assert found["g.multipleOf"].failing_rows == 2
    assert (found["d.minimum"].failing_rows, found["d.unique"].outcome) == (1, Outcome.PASSED)
    assert (found["i.maximum"].failing_rows, found["i.unique"].outcome) == (1, Outcome.PASSED)
    assert found["i.multipleOf"].failing_rows == 2
    assert (found["u.format"].failing_rows, found["u.unique"].outcome) == (1, Outcome.PASSED)
    for result in found.values():
        assert result.outcome is not Outcome.ERROR, result
        json.loads(result.model_dump_json())


@pytest.mark.parametrize("in_files", [False, True])
def test_times_are_compared_as_moments_whatever_their_zone(in_files: bool, tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Berlin")
    twice = [datetime(2024, 10, 27, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1)]  # the hour that comes twice
    moments = [moment.astimezone(UTC) for moment in twice]
    data = pa.table(
        {
            "zoned": pa.array(moments, pa.timestamp("us", "Europe/Berlin")),
            "utc": pa.array(moments, pa.timestamp("us", "UTC")),
            "naive": pa.array([moment.replace(tzinfo=None) for moment in moments], pa.timestamp("us")),
        }
    )
    options = {"minimum": "2024-10-27T02:30:00+02:00", "exclusiveMaximum": "2024-10-27T02:30:00+01:00"}
    items = [
        {"name": name, "unique": True, "logicalType": "timestamp", "logicalTypeOptions": options}
        for name in data.column_names
    ]
    candidate = Candidate.from_table(data)
    if in_files:
        file = str(tmp_path / "x.parquet")
        pq.write_table(data, file)
        candidate = Candidate("data", [file], [file])
    found = {r.promise.id.removeprefix("data."): r for r in evaluate(parse(contract(*items)), candidate)}
    for name in data.column_names:
        assert found[f"{name}.unique"].outcome is Outcome.PASSED
        assert found[f"{name}.minimum"].outcome is Outcome.PASSED
        assert found[f"{name}.exclusiveMaximum"].failing_rows == 1


@pytest.mark.parametrize(
    "options",
    [
        {"minimum": "yesterday"},
        {"minimum": "2024-13-01"},
        {"minimum": [1]},
        {"minimum": {}},
        {"multipleOf": 0},
        {"multipleOf": "x"},
        {"minimum": 10**400},
        {"maxLength": -1.5},
        {"format": "i7"},
        {"pattern": 5},
    ],
)
def test_options_that_mean_nothing_never_pass(options: dict[str, object]) -> None:
    data = {"a": [datetime(2024, 1, 1)], "n": [1], "t": ["x"]}
    kinds = {"a": "timestamp", "n": "integer", "t": "string"}
    for column, kind in kinds.items():
        results = check(
            contract({"name": column, "logicalType": kind, "logicalTypeOptions": options}), {column: data[column]}
        )
        result = results[f"{column}.{next(iter(options))}"]
        assert result.outcome is not Outcome.PASSED, result
        assert result.reason
