"""`mesh contract explain`, `diff` and `lint` in words."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
from typer.testing import CliRunner

from mesh_workbench.cli import make_app
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.explain import explain
from mesh_workbench.contracts.promises import promises_of
from tests.builders import contract
from tests.contracts.test_evaluate import EVERYTHING


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(make_app(), ["contract", *map(str, arguments)])
    return done.exit_code, done.output


def test_every_promise_of_every_kind_is_explained() -> None:
    found = explain(parse(EVERYTHING), "data")
    assert [one.promise for one in found] == promises_of(parse(EVERYTHING), "data")
    assert all(one.means and all(sentence.endswith(".") for sentence in one.means) for one in found)


def test_explain_tells_what_is_looked_at_and_what_follows(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    rule = {"metric": "duplicateValues", "mustBeBetween": [0, 5], "unit": "percent", "severity": "warning"}
    file.write_text(contract({"name": "a", "required": True, "quality": [rule, {"type": "text"}]}))
    code, output = run("explain", file)
    assert code == 0
    for words in (
        "data.a.required (error): a is never empty", "nothing is published", "carries a warning (severity warning)",
        "Both ends belong to the range.", "all rows that the port would hold", "because it is text for people to read",
    ):  # fmt: skip
        assert words in output
    items = json.loads(run("explain", file, "--json")[1])["items"]
    assert items[0]["promise"]["id"] == "data.a.exists"


def test_the_plan_tells_how_a_contract_would_be_evaluated_on_data(tmp_path: Path) -> None:
    file, data = tmp_path / "c.yaml", tmp_path / "data.parquet"
    file.write_text(contract({"name": "a", "required": True, "unique": True}))
    parquet.write_table(pa.table({"a": [1, 2]}), data)
    code, output = run("explain", file, "--plan", data)
    assert code == 0
    assert "data.a.required" in output
    assert "data.a.unique" in output
    assert json.loads(run("explain", file, "--plan", data, "--json")[1])["items"]


def test_diff_tells_what_breaks_and_the_next_version(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(contract("a", "b", version="1.4.0"))
    new.write_text(contract("a", {"name": "c", "required": True}, version="1.4.0"))
    code, output = run("diff", old, new)
    assert code != 0
    assert "breaking: column b is gone" in output
    assert "harmless: column c is new" in output
    assert "the next version is 2.0.0" in output
    assert "new.yaml says 1.4.0, which is too low" in output
    assert run("diff", old, old)[1].strip() == "Nothing changed."


def test_lint_takes_strictness_and_variables(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(contract({"name": "a", "description": "of ${PLACE}", "logicalTypeOptions": {"pattern": "(["}}))
    code, output = run("lint", file)
    assert code == 0
    assert "the variable PLACE has no value" in output
    assert "PLACE" not in run("lint", file, "--variable", "PLACE=here")[1]
    assert "contract.bad-pattern" in run("lint", file, "--strict")[1]
