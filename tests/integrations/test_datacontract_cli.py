"""The same contract and data through datacontract-cli, in its own environment: each difference is explained."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.model.check import Outcome

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

PACKAGE = "datacontract-cli[duckdb]"
TEXT = [None] * 5 + [""] * 3 + ["N/A"] * 2 + ["BAD"] * 4 + ["OK"] * 86
TWICE = [row % 40 for row in range(100)]
NUMBER = [*range(99), None]
FLOAT = [0.5, math.nan, *([1.0] * 98)]
DAY = [date(2024, 1, 1 + row % 28) for row in range(100)]
MOMENT = [datetime(2024, 1, 1, row % 24, tzinfo=UTC) for row in range(100)]


def quality(metric: str, arguments: dict[str, Any] | None = None, **says: Any) -> dict[str, Any]:
    return {
        "quality": [{"type": "library", "metric": metric, **({"arguments": arguments} if arguments else {}), **says}]
    }


def options(**says: Any) -> dict[str, Any]:
    return {"logicalTypeOptions": says}


Case = tuple[str, list[Any], dict[str, Any]]
"""Logical type, values, and what the contract says of the column."""
CASES: dict[str, Case] = {
    "required_kept": ("integer", TWICE, {"required": True}),
    "required_broken": ("string", TEXT, {"required": True}),
    "unique_kept": ("integer", NUMBER, {"unique": True}),
    "unique_broken": ("integer", TWICE, {"unique": True}),
    "enum_kept": ("string", TEXT, {"enum": [{"value": word} for word in ("", "N/A", "BAD", "OK")]}),
    "enum_broken": ("string", TEXT, {"enum": [{"value": word} for word in ("N/A", "BAD", "OK")]}),
    "pattern_kept": ("string", TEXT, options(pattern="^[A-Z/]*$")),
    "pattern_broken": ("string", TEXT, options(pattern="^[A-Z]+$")),
    "pattern_inside": ("string", ["xOKx"] * 100, options(pattern="OK")),
    "short_kept": ("string", TEXT, options(maxLength=3)),
    "short_broken": ("string", TEXT, options(minLength=1)),
    "minimum_kept": ("integer", NUMBER, options(minimum=0)),
    "minimum_broken": ("integer", NUMBER, options(minimum=1)),
    "maximum_broken": ("integer", NUMBER, options(maximum=97)),
    "exclusive_broken": ("integer", NUMBER, options(exclusiveMinimum=0)),
    "nan_maximum": ("number", FLOAT, {**options(maximum=1), "physicalType": "DOUBLE"}),
    "nan_minimum": ("number", FLOAT, {**options(minimum=0), "physicalType": "DOUBLE"}),
    "day_broken": ("date", DAY, options(minimum="2024-01-02")),
    "moment_kept": ("timestamp", MOMENT, options(minimum="2024-01-01T00:00:00Z")),
    "nulls_kept": ("string", TEXT, quality("nullValues", mustBe=5)),
    "nulls_broken": ("string", TEXT, quality("nullValues", mustBe=0)),
    "nulls_share": ("string", TEXT, quality("nullValues", unit="percent", mustBe=5)),
    "missing_null_only": ("string", TEXT, quality("missingValues", mustBe=5)),
    "missing_listed": ("string", TEXT, quality("missingValues", {"missingValues": [None, "", "N/A"]}, mustBe=10)),
    "missing_not_listed": ("string", TEXT, quality("missingValues", {"missingValues": ["", "N/A"]}, mustBe=10)),
    "invalid_values": ("string", TEXT, quality("invalidValues", {"validValues": ["OK"]}, mustBe=9)),
    "invalid_pattern": ("string", TEXT, quality("invalidValues", {"pattern": "^[A-Z/]+$"}, mustBe=3)),
    "invalid_both": (
        "string", TEXT, quality("invalidValues", {"validValues": ["OK", ""], "pattern": "^[A-Z/]+$"}, mustBe=9),
    ),
    "duplicates": ("integer", TWICE, quality("duplicateValues", mustBe=40)),
    "duplicates_nulls": ("string", TEXT, quality("duplicateValues", mustBe=4)),
    "duplicates_share": ("integer", TWICE, quality("duplicateValues", unit="percent", mustBe=40)),
    "between_low": ("string", TEXT, quality("nullValues", mustBeBetween=[5, 9])),
    "between_high": ("string", TEXT, quality("nullValues", mustBeBetween=[1, 5])),
    "between_outside": ("string", TEXT, quality("nullValues", mustBeBetween=[6, 9])),
    "not_between": ("string", TEXT, quality("nullValues", mustNotBeBetween=[5, 9])),
    "more": ("string", TEXT, quality("nullValues", mustBeGreaterThan=5)),
    "at_least": ("string", TEXT, quality("nullValues", mustBeGreaterOrEqualTo=5)),
    "less": ("string", TEXT, quality("nullValues", mustBeLessThan=5)),
    "not_five": ("string", TEXT, quality("nullValues", mustNotBe=5)),
    "sql_kept": (
        "integer", NUMBER,
        {"quality": [{"type": "sql", "query": "SELECT max({property}) FROM {object}", "mustBe": 98}]},
    ),
    "sql_broken": (
        "integer", NUMBER,
        {"quality": [{"type": "sql", "query": "SELECT count(*) FROM ${table} WHERE ${column} IS NULL", "mustBe": 0}]},
    ),
    "text_rule": ("string", TEXT, {"quality": [{"type": "text", "description": "Reads well."}]}),
    "multiple": ("integer", NUMBER, options(multipleOf=2)),
}  # fmt: skip

DIFFERENCES: dict[str, tuple[str, str, str]] = {
    "nan_minimum": ("failed", "passed", "NaN is within no bounds; they compare it as the greatest number"),
    "duplicates_share": ("passed", "open", "percent is counted for every metric; they refuse it for duplicates"),
    "multiple": ("failed", "open", "they drop multipleOf without a word"),
}
"""Column to (ours, theirs, why). Anything else that differs fails the test, and so does a difference that is gone."""


ALL_DOWN: dict[str, Case] = {
    "two_of_one_metric": (
        "string",
        TEXT,
        {"quality": [{"metric": "nullValues", "mustBeLessThan": 10}, {"metric": "nullValues", "mustBe": 5}]},
    ),
    "nan": ("number", FLOAT, {"logicalTypeOptions": {"minimum": 0.5}}),
}
"""What takes down every check of theirs, those of other columns too: each is run beside one plain rule."""


def test_verdicts_agree_but_for_the_reviewed_differences(tmp_path: Path) -> None:
    mine, theirs = _both(CASES, tmp_path)
    differing = {name: (mine[name], theirs[name]) for name in CASES if mine[name] != theirs[name]}
    assert differing == {name: (ours, other) for name, (ours, other, _) in DIFFERENCES.items()}


@pytest.mark.parametrize("name", ALL_DOWN)
def test_what_takes_all_their_checks_down_takes_none_of_ours(name: str, tmp_path: Path) -> None:
    mine, theirs = _both({name: ALL_DOWN[name], "required_kept": CASES["required_kept"]}, tmp_path)
    assert mine == {name: "failed" if name == "nan" else "passed", "required_kept": "passed"}
    assert theirs["required_kept"] != "passed"


def _both(cases: dict[str, Case], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    data = pa.table({name: pa.array(values) for name, (_, values, _) in cases.items()})
    file, contract = folder / "data.parquet", folder / "contract.yaml"
    pq.write_table(data, file)
    properties = [{"name": name, "logicalType": kind, **says} for name, (kind, _, says) in cases.items()]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "parity",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "local", "type": "local", "path": str(file), "format": "parquet"}],
        "schema": [{"name": "data", "physicalType": "table", "properties": properties}],
    }
    contract.write_text(json.dumps(document), encoding="utf-8")
    return _ours(contract, data), _theirs(contract, data)


def _ours(contract: Path, data: pa.Table) -> dict[str, str]:
    results = evaluate(parse(contract.read_text(encoding="utf-8")), Candidate.from_table(data))
    found = dict.fromkeys(data.column_names, "open")
    for result in results:
        column = result.promise.target.rpartition(".")[2]
        if result.promise.kind not in ("column", "logical_type"):
            outcome = {Outcome.PASSED: "passed", Outcome.FAILED: "failed"}.get(result.outcome, "open")
            found[column] = _worse(found[column], outcome)
    return found


def _theirs(contract: Path, data: pa.Table) -> dict[str, str]:
    script = Path(__file__).parent / "datacontract_cli_script.py"
    done = subprocess.run([_python(), script, contract], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    found = dict.fromkeys(data.column_names, "open")
    for check in told["checks"]:
        if check["kind"] not in ("field_is_present", "field_type") and check["column"] in found:
            outcome = check["result"] if check["result"] in ("passed", "failed") else "open"
            found[check["column"]] = _worse(found[check["column"]], outcome)
    return found


def _worse(one: str, other: str) -> str:
    return max(one, other, key=("open", "passed", "failed").index)


def _python() -> Path:
    """The interpreter of an environment that holds the newest datacontract-cli; it is kept between runs."""
    cache = Path(os.environ.get("MESH_BENCH_CACHE") or Path.home() / ".cache" / "mesh-workbench")
    python = cache / "envs" / "datacontract-cli" / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, python.parents[1]], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", python, PACKAGE], check=True)
    return python
