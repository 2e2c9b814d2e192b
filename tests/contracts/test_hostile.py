"""Bad input of every kind: a clear result for each, never a crash, never a silent pass."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import ContractDocument, parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.plan import plan
from mesh_workbench.errors import MeshError
from mesh_workbench.model.check import Outcome
from tests.builders import contract
from tests.contracts.checking import broken, check

WHOLE = contract(
    {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True},
    {"name": "name", "logicalType": "string", "logicalTypeOptions": {"pattern": "^[a-z]+$", "maxLength": 5}},
    quality=[{"type": "sql", "query": "SELECT count(*) FROM {object}", "mustBeGreaterThan": 0}],
)
BROKEN_TEXTS = {
    "nothing": "",
    "blanks": " \n\t\n",
    "a word": "contract",
    "a number": "42",
    "a list": "- a\n- b",
    "null": "~",
    "nul bytes": "a: \x00\x00",
    "control": "a: \x07",
    "only a byte order mark": "\ufeff",
    "half a pair": "a: '\ud800'",
    "binary": "PAR1\x15\x04\x15\x10\x4c",
    "html": "<html><body>404</body></html>",
    "a tab": "a:\n\t- b",
    "an open quote": 'a: "b',
    "an open bracket": "a: [1, 2",
    "an open brace": "{a: {b: 1}",
    "a bad escape": 'a: "\\x"',
    "two documents": "a: 1\n---\nb: 2",
    "a twice used key": "a: 1\na: 2",
    "a key that is a list": "? [a]\n: b",
    "an unknown alias": "a: *b",
    "an alias in itself": "a: &a [*a]",
    "python": "a: !!python/object/apply:os.system [ls]",
    "a tag": "a: !secret x",
    "a directive": "%YAML 9.9\n---\na: 1",
    "a merge of text": "a:\n  <<: b",
    "only anchors": "&a &b c",
    "a wrong indent": "a:\n   b: 1\n  c: 2",
    "a percent": "%",
    "an at": "@a",
    "a tick": "`a`",
    "brackets": "[" * 5_000,
    "braces": '{"a":' * 2_000,
    "dashes": "- " * 3_000,
    "questions": "? " * 3_000,
    "schema is text": WHOLE.replace('"schema": [', '"schema": "x", "was": ['),
    "schema is null": "schema: ~\nkind: DataContract",
    "another standard": "dataContractSpecification: 1.1.0\nid: x",
}


def read_or_refused(text: str) -> ContractDocument | None:
    """The contract, or None when it is refused as contracts are."""
    try:
        return parse(text)
    except MeshError as error:
        if error.code.startswith("contract.") and len(error.message) > 10:
            return None
        raise


def no_silence(text: str) -> None:
    """A contract that cannot be read says so, and one that can is linted, planned and evaluated to the end."""
    problems = lint(text)
    doc = read_or_refused(text)
    if doc is None:
        assert any(problem.level == "error" for problem in problems), text[:200]
        return
    data = pa.table({"id": [1, 2], "name": ["a", "b"]})
    for name in doc.object_names() or [""]:
        candidate = Candidate.from_table(data, name)
        results = evaluate(doc, candidate, timeout_s=1)
        assert plan(doc, candidate)
        for result in results:
            assert result.outcome in (Outcome.PASSED, Outcome.WARNED) or result.reason, result
            json.loads(result.model_dump_json())


@pytest.mark.parametrize("name", BROKEN_TEXTS)
def test_a_text_that_is_no_contract_is_refused_in_words(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(MeshError) as raised:
        parse(BROKEN_TEXTS[name])
    assert raised.value.code.startswith("contract.")
    assert raised.value.hint
    no_silence(BROKEN_TEXTS[name])
    assert time.perf_counter() - began < 10


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_contract_is_refused_or_evaluated(data: st.DataObject) -> None:
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        to = data.draw(st.integers(at, min(len(text), at + 12)))
        text = text[:at] + data.draw(st.sampled_from(PIECES) | st.text(max_size=4)) + text[to:]
    no_silence(text)


PIECES = [
    "",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    ".nan",
    "&a ",
    "*a",
    "<<",
    "\n",
    "\t",
    "#",
    "!!int ",
    "💥",
    "\\",
    "{object}",
    "${x}",
    '"required": 3,',
    '"mustBe": [],',
    '"pattern": "(",',
    "99999999999999999999",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_contract_with_wrong_values_is_refused_or_evaluated(data: st.DataObject) -> None:
    document = json.loads(WHOLE)
    anything = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
    for _ in range(data.draw(st.integers(1, 3))):
        here: object = document
        for _ in range(data.draw(st.integers(1, 6))):
            keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else []
            if not keys:
                break
            key = data.draw(st.sampled_from(list(keys)))
            inner = here[key]  # type: ignore[index]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                here[key] = data.draw(anything)  # type: ignore[index]
                break
            here = inner
    no_silence(json.dumps(document))


def test_aliases_that_multiply_are_refused_at_once() -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    laughs += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    merges = "m0: &m0 {a: 1}\n" + "".join(
        f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
    )
    for bomb in (laughs, merges):
        began = time.perf_counter()
        with pytest.raises(MeshError) as raised:
            parse(bomb)
        assert raised.value.code == "contract.too-large"
        assert lint(bomb)[0].code == "contract.too-large"
        assert time.perf_counter() - began < 15


def test_ten_megabytes_are_the_limit() -> None:
    big = "# " + "x" * 9_900_000 + "\n" + WHOLE
    assert parse(big).object_names() == ["data"]
    with pytest.raises(MeshError) as raised:
        parse("# " + "x" * 10_000_000 + "\n" + WHOLE)
    assert raised.value.code == "contract.too-large"


HOSTILE = [
    'a"b',
    "a'b",
    "😀",
    "select",
    "x'; DROP TABLE y; --",
    " ",
    "a\tb",
    "%s",
    "n" * 10_000,
    "mesh n",
    "{a}",
    "${a}",
    "?",
    "$1",
    "ẞ",
    "e\u0301",
    "\u202eabc",
    "a.b",
    "a\\b",
    "__index_level_0__",
    "count(*)",
    "NULL",
    "1",
]


def test_hostile_names_are_only_names_in_files_too(tmp_path: Path) -> None:
    rows = 50
    data = pa.table({name: pa.array([*range(rows)]) for name in HOSTILE})
    file = tmp_path / "it's [a] file?*.parquet"
    pq.write_table(data, file)
    rule = {"type": "sql", "query": "SELECT max({property}) FROM {object}", "mustBe": rows - 1}
    properties = [
        {
            "name": name,
            "logicalType": "integer",
            "unique": True,
            "required": True,
            "relationships": [{"to": "other.k"}],
            "logicalTypeOptions": {"minimum": 0, "maximum": rows - 2, "multipleOf": 1, "format": "i32"},
            "quality": [] if name == "${a}" else [rule],
        }  # that one is a variable without a value, and refused
        for name in HOSTILE
    ]
    text = contract(
        *properties,
        name="o\"b'j 🙂",
        objects=[{"name": "other", "properties": [{"name": "k"}]}],
        quality=[{"metric": "duplicateValues", "arguments": {"properties": HOSTILE}, "mustBe": 0}],
    )
    candidate = Candidate("o\"b'j 🙂", [str(file)], [str(file)], foreign={"other": pa.table({"k": [*range(rows)]})})
    results = evaluate(parse(text), candidate)
    assert {result.promise.kind for result in results if result.outcome is not Outcome.PASSED} == {"bounds"}
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    assert len(failed) == len(HOSTILE)
    assert all(result.sample == [{name: rows - 1}] for result, name in zip(failed, HOSTILE, strict=True))
    assert len(plan(parse(text), candidate)) > 3


def test_a_rule_about_everything_at_once_still_gives_one_result_each() -> None:
    many = [
        {"name": f"c{number}", "required": True, "logicalTypeOptions": {"minimum": number}} for number in range(400)
    ]
    results = check(contract(*many), pa.table({f"c{number}": [number] for number in range(400)}))
    assert broken(results) == set()
    assert len(results) == 3 * 400
