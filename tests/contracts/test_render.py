"""Reports as documents: nothing from data does anything in them, and a CI needs no workbench."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyarrow import csv, parquet
from typer.testing import CliRunner

from mesh_workbench.cli import make_app
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.render import FORMS
from mesh_workbench.errors import Breached, InvalidInput, NotFound
from mesh_workbench.lifecycle.check import check
from mesh_workbench.model.check import CheckReport
from tests.builders import contract

HOSTILE = "</td><script>alert(1)</script>\x1b[31m\x00&\"']]>"
TEXT = contract(
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "note", "quality": [
        {"metric": "invalidValues", "arguments": {"validValues": ["ok"]}, "mustBe": 0, "severity": "warning"},
        {"type": "text", "description": "<b>Notes</b> are polite & short"}]},
    {"name": "fare", "required": True},
    name="fares",
)  # fmt: skip
BAD = pa.table({"id": [1, 1, 2], "note": ["ok", HOSTILE, "ok"], "fare": [1.0, None, 2.0]})
GOOD = pa.table({"id": [1, 2, 3], "note": ["ok"] * 3, "fare": [1.0, 2.0, 3.0]})


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check({"fares": TEXT}, {"fares": Candidate.from_table(BAD)}, product="sales.fares")


def test_every_form_counts_every_promise(report: CheckReport) -> None:
    total = len(report.results)
    suite = ElementTree.fromstring(FORMS["junit"](report)).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert len(cases) == total == int(suite.attrib["tests"])
    assert [case.attrib["name"] for case in cases] == [result.promise.id for result in report.results]
    failed = [case.attrib["name"] for case in cases if case.find("failure") is not None]
    assert sorted(failed) == ["fares.fare.required", "fares.primaryKey"]
    assert suite.attrib["failures"] == "2"
    assert suite.attrib["skipped"] == "2"  # one warned, one is text
    assert len(json.loads(FORMS["json"](report))["results"]) == total
    assert FORMS["html"](report).count("<tr><td") == total
    assert FORMS["text"](report).startswith(
        f"{total - 4} of {total} promises kept, 2 failed, 1 warned, 1 not evaluated."
    )


def test_what_comes_from_data_is_shown_and_does_nothing(report: CheckReport) -> None:
    page = FORMS["html"](report)
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    for form in ("text", "html", "junit"):
        assert not {"\x1b", "\x00"} & set(FORMS[form](report))
    assert "alert(1)" in "".join(ElementTree.fromstring(FORMS["junit"](report)).itertext())


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MESH_WORKBENCH", raising=False)
    (tmp_path / "fares.odcs.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ["parquet", "csv", "delta", "folder"])
def test_a_file_or_table_is_checked_without_a_workbench(places: Path, kind: str) -> None:
    for name, data in (("good", GOOD), ("bad", BAD)):
        if kind == "parquet":
            parquet.write_table(data, places / f"{name}.parquet")
        elif kind == "csv":
            csv.write_csv(data, places / f"{name}.csv")
        elif kind == "delta":
            write_deltalake(name, data)
        else:
            (places / name).mkdir()
            parquet.write_table(data, places / name / "part.parquet")
    ending = f".{kind}" if kind in ("parquet", "csv") else ""
    command = ["contract", "check", "fares.odcs.yaml", "--data"]
    good = CliRunner().invoke(make_app(), [*command, f"good{ending}"])
    assert good.exit_code == 0, good.output
    bad = CliRunner().invoke(make_app(), [*command, f"bad{ending}", "--format", "junit", "--output", "report.xml"])
    assert isinstance(bad.exception, Breached)
    assert bad.exception.exit_code == 6
    assert ElementTree.parse(places / "report.xml").getroot().attrib["failures"] == "2"


def test_a_place_without_data_is_refused(places: Path) -> None:
    (places / "empty").mkdir()
    for place, error in (("empty", InvalidInput), ("gone.parquet", NotFound), ("fares.odcs.yaml", InvalidInput)):
        said = CliRunner().invoke(make_app(), ["contract", "check", "fares.odcs.yaml", "--data", place])
        assert isinstance(said.exception, error), place
