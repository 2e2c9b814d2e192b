"""Custom rules are evaluated by engines that others bring; the one of the documentation is installed here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.explain import explain
from tests.builders import contract

PAGE = Path(__file__).parents[2] / "docs/how-to/extend.md"
BROKEN = {
    "raises": "raise KeyError('nothing here')",
    "nothing": "return None",
    "unhashable": "return Breaking('TRUE', ([1],))",
    "listed": "return Breaking('TRUE', columns=['code'])",
    "misspelt": "return Breaking('cod IS NULL')",
    "open": "return Breaking('? = 1 OR code = ?', ('x',))",
    "strange": "return Breaking('code = ?', (object(),))",
    "reader": "return Answer(\"SELECT count(*) FROM read_csv('/etc/passwd')\")",
    "number": "return Duplicates((1,))",
}
"""Name of an engine to the body of its `step`."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the distribution of the documentation, and one whose rules are broken."""
    (project,), (code,) = blocks("toml"), blocks("python")
    target = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("gtin")
    (source / "pyproject.toml").write_text(project)
    (source / "gtin_rules.py").write_text(code)
    wheel = '[tool.hatch.build.targets.wheel]\ninclude = ["*.py"]\n'
    (source / "pyproject.toml").write_text(f"{project}\n{wheel}")

    bad = tmp_path_factory.mktemp("bad")
    rules = ["from mesh_workbench.contracts.measure import Answer, Breaking, Duplicates"]
    rules += [
        f"class Rule_{name}:\n    name = 'custom.{name}'\n    description = example = 'It is broken.'\n"
        f"    def step(self, promise, shape):\n        {body}"
        for name, body in BROKEN.items()
    ]
    rules += [
        "class Rule_maker:\n    def __init__(self):\n        raise OSError('no licence')",
        "class Rule_bare: pass",
    ]
    (bad / "bad_rules.py").write_text("\n".join(rules))
    (bad / "bad_import.py").write_text("import a_module_that_nobody_has")
    (bad / "bad_syntax.py").write_text("def (")
    (bad / "bad_exit.py").write_text("raise SystemExit(0)")
    named = [f'"custom.{name}" = "bad_rules:Rule_{name}"' for name in (*BROKEN, "maker", "bare", "absent")]
    modules = {"importing": "bad_import", "spelling": "bad_syntax", "leaving": "bad_exit"}
    named += [f'"custom.{name}" = "{module}:Rule"' for name, module in modules.items()]
    head, _, _ = project.replace("gtin-rules", "bad-rules").partition('"custom.gtin"')
    (bad / "pyproject.toml").write_text("\n".join([head, *named, wheel]))
    for folder in (source, bad):
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
             "--target", str(target), str(folder)],
            check=True,
        )  # fmt: skip
    return target


DATA = pa.table({"code": ["4006381333931", "4006381333932", "400", None], "id": [1, 2, 3, 3]})


def rule(engine: str, **more: object) -> dict[str, object]:
    return {"type": "custom", "engine": engine, "implementation": {"digits": 13}, "id": engine, **more}


def check(folder: Path, installed: Path, *rules: dict[str, object]) -> tuple[int, dict[str, dict[str, Any]]]:
    """What `mesh contract check` says where `installed` is on the path: the exit code, and results by name."""
    text = contract({"name": "id", "unique": True}, {"name": "code", "required": True, "quality": list(rules)})
    (folder / "c.odcs.yaml").write_text(text)
    pq.write_table(DATA, folder / "d.parquet")
    done = subprocess.run(
        [sys.executable, "-m", "mesh_workbench", "contract", "check", "c.odcs.yaml", "d.parquet", "--json"],
        capture_output=True, text=True, cwd=folder, check=False, env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert done.stdout, done.stderr
    results = json.loads(done.stdout)["results"]
    return done.returncode, {result["promise"].rpartition(".")[2]: result for result in results}


def test_an_installed_engine_evaluates_its_rules(tmp_path: Path, installed: Path) -> None:
    loose = rule("gtin", id="loose", mustBeLessThan=51, unit="percent")
    wrong = rule("gtin", id="wrong", implementation={"digits": 5})
    both = rule("gtin", id="both", mustBe=1, mustBeLessThan=3)
    code, results = check(tmp_path, installed, rule("gtin"), loose, wrong, both, rule("soda"))
    assert code == 6
    strict = results["gtin"]
    assert (strict["outcome"], strict["failing_rows"], strict["expected"]) == ("failed", 2, "exactly 0 rows")
    assert strict["sample"] == [{"code": "4006381333932"}, {"code": "400"}]
    assert (results["loose"]["outcome"], results["loose"]["observed"]) == ("passed", 50)
    assert (results["wrong"]["outcome"], "digits: 8, 12" in results["wrong"]["reason"]) == ("error", True)
    assert results["both"]["outcome"] == "not_evaluated"
    assert (results["unique"]["outcome"], results["required"]["failing_rows"]) == ("failed", 1)
    assert results["soda"]["outcome"] == "not_evaluated"
    assert "'soda' is not installed" in results["soda"]["reason"]


def test_without_its_engine_a_rule_is_not_evaluated_and_says_why(tmp_path: Path) -> None:
    nowhere = tmp_path / "empty"
    nowhere.mkdir()
    code, results = check(tmp_path, nowhere, rule("gtin"))
    assert code == 6  # of the other promises
    assert results["gtin"]["outcome"] == "not_evaluated"
    assert results["gtin"]["reason"] == (
        "Not evaluated, because its engine 'gtin' is not installed here "
        "(entry point mesh_workbench.rules, name custom.gtin)."
    )


def test_a_broken_engine_ends_its_own_promises_in_an_error_and_no_other(tmp_path: Path, installed: Path) -> None:
    names = [*BROKEN, "maker", "bare", "absent", "importing", "spelling", "leaving"]
    code, results = check(tmp_path, installed, *map(rule, names), rule("gtin"))
    assert code == 6
    assert {name: results[name]["outcome"] for name in names} == dict.fromkeys(names, "error")
    for name, words in {
        "raises": "KeyError: 'nothing here'",
        "nothing": "NoneType",
        "unhashable": "unhashable",
        "listed": "tuples",
        "misspelt": "cod",
        "maker": "no licence",
        "bare": "no name and no description and no example and no step",
        "absent": "Rule_absent",
        "importing": "a_module_that_nobody_has",
        "spelling": "SyntaxError",
        "leaving": "SystemExit",
        "reader": "read",
    }.items():
        assert words in results[name]["reason"], results[name]["reason"]
    assert (results["gtin"]["failing_rows"], results["required"]["failing_rows"]) == (2, 1)
    assert results["unique"]["outcome"] == "failed"


def test_a_rule_that_names_no_engine_says_so() -> None:
    (found,) = [
        one for one in explain(parse(contract({"name": "a", "quality": [{"type": "custom", "implementation": "x"}]})))
        if one.promise.kind == "custom.none"
    ]  # fmt: skip
    assert found.means == ["It is not evaluated, because it names no engine."]
