"""Failing rows are told by the key of the contract, whatever the data calls it, and take no more room than is shown."""

from __future__ import annotations

import polars as pl

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.jsonvalue import LONGEST
from mesh_workbench.contracts.quarantine import Quarantine
from mesh_workbench.lifecycle.check import check, summary
from mesh_workbench.model.check import CheckReport, QuarantinedRow
from tests.builders import contract


def checked(text: str, frame: pl.DataFrame, most: int = 100) -> tuple[CheckReport, list[QuarantinedRow]]:
    """The report on `frame`, and what was set aside."""
    kept: list[QuarantinedRow] = []
    report = check({"t": text}, {"t": Candidate.from_table(frame.to_arrow())}, quarantine=Quarantine(kept.extend, most))
    return report, kept


def test_a_key_that_the_data_calls_otherwise_is_told_with_each_row() -> None:
    text = contract(
        {"name": "Order", "physicalName": "order_id", "primaryKey": True},
        {"name": "Fare", "physicalName": "fare", "required": True},
        name="t",
    )
    report, [row] = checked(text, pl.DataFrame({"order_id": [7, 8], "fare": [None, 1.5]}))
    assert (row.key, row.value) == ({"order_id": 7}, {"fare": None})
    [failing] = [result for result in report.results if result.sample]
    assert failing.sample == [{"order_id": 7, "fare": None}]


def test_of_long_texts_bytes_and_nested_values_only_the_beginning_is_kept() -> None:
    frame = pl.DataFrame(
        {
            "id": [1],
            "text": ["é" * 5_000],
            "bytes": [b"\xab" * 5_000],
            "list": [["word"] * 5_000],
            "short": ["x" * LONGEST],
        }
    )
    long = {"logicalTypeOptions": {"maxLength": 1}}
    text = contract(
        {"name": "id", "primaryKey": True},
        {"name": "text", **long},
        {"name": "bytes", **long},
        {"name": "list", "logicalType": "array", "logicalTypeOptions": {"maxItems": 1}},
        {"name": "short", **long},
        name="t",
    )
    kept = {name: value for row in checked(text, frame)[1] for name, value in row.value.items()}
    assert kept["text"] == "é" * LONGEST + "…"
    assert kept["bytes"] == "0x" + "ab" * (LONGEST // 2 - 1) + "…"
    assert str(kept["list"]).startswith("[word, word")
    assert str(kept["list"]).endswith("…")
    assert kept["short"] == "x" * LONGEST


def test_the_summary_of_a_report_quotes_no_value() -> None:
    secret = "0042-secret"
    quality = [{"type": "sql", "query": "SELECT max(pin) FROM ${object}", "mustBe": 0}]
    text = contract({"name": "pin"}, name="t", quality=quality)
    report, _ = checked(text, pl.DataFrame({"pin": [secret]}))
    assert secret in report.model_dump_json()
    assert secret not in summary(report)
    assert "1 of 2 promises broken" in summary(report)
