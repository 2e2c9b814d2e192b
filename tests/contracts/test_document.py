"""Reading contracts: bytes kept, places known, bad input named."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts import source
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.source import _Reader
from mesh_workbench.contracts.yamlnodes import _with_ruamel, composed
from mesh_workbench.errors import InvalidInput
from tests.builders import contract

EXAMPLES = sorted((Path(__file__).parents[3] / "shared" / "data" / "odcs" / "examples").glob("*.yaml"))
HEAD = "apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\n"


@pytest.mark.skipif(not EXAMPLES, reason="the official examples are not here")
def test_official_examples_are_read_and_have_no_errors() -> None:
    for example in EXAMPLES:
        text = example.read_text(encoding="utf-8")
        assert parse(text).text == text
        assert [problem for problem in lint(text) if problem.level == "error"] == [], example.name


def test_the_text_stays_as_it_was_with_comments_quotes_and_unknown_keys() -> None:
    text = "\ufeff# mine\r\n" + HEAD + "x-note: 'kept' # here\r\nschema:\r\n- name: t\r\n  odd: {a: 1}\r\n"
    doc = parse(text)
    assert doc.text == text
    assert doc.contract.model_extra == {"x-note": "kept"}
    assert doc.contract.schema_[0].model_extra == {"odd": {"a": 1}}


def test_dates_stay_text_and_words_of_older_yaml_are_no_booleans() -> None:
    text = HEAD + "contractCreatedTs: 2022-11-15T02:59:43+00:00\ntags: [2013-01-01, yes, 'no']\n"
    doc = parse(text)
    assert doc.contract.tags == ["2013-01-01", "yes", "no"]


def test_versions_3_0_and_3_1_are_read_and_others_are_not() -> None:
    for version in ("v3.0.0", "v3.0.2", "v3.1.0", "v3.2.0"):
        parse(contract("a", apiVersion=version))
    for version in ("v2.2.2", "v4.0.0", "3.2.0"):
        with pytest.raises(InvalidInput, match="apiVersion") as raised:
            parse(contract("a", apiVersion=version))
        assert raised.value.code == "contract.not-odcs"


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "contract.not-odcs", ""),
        ("- a", "contract.not-odcs", "line 1"),
        ("a: [1, 2", "contract.not-yaml", "line 1, column 9"),
        (HEAD + "x: {a: b: c}", "contract.not-yaml", "line 5"),
        (HEAD + "id: again", "contract.not-yaml", "line 5, column 1"),
        ("a: &a [*a]", "contract.not-yaml", "line 1"),
        ("a: !!python/object/apply:os.system [id]", "contract.not-yaml", "line 1"),
        ("a: \x00", "contract.not-yaml", ""),
        ("[" * 5000, "contract.not-yaml", ""),
        ("dataContractSpecification: 0.9.3", "contract.not-odcs", "line 1"),
        (HEAD.replace("DataContract", "DataProduct"), "contract.not-odcs", "kind, line 2"),
        (HEAD.replace("version: 1.0.0", "version: 1.0"), "contract.not-odcs", "version, line 4"),
        (HEAD + "schema:\n- name: t\n  properties:\n  - name: a\n    required: 'yes'", "contract.not-odcs", "line 9"),
        (HEAD + "schema:\n- properties: []", "contract.not-odcs", "schema[0].name"),
    ],
)
def test_bad_documents_are_refused_with_the_place(text: str, code: str, where: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse(text)
    assert raised.value.code == code
    assert where in raised.value.where
    assert raised.value.hint
    (first, *_) = lint(text)
    assert (first.level, first.code) == ("error", code)


def test_aliases_that_multiply_and_huge_texts_are_refused() -> None:
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    for text in ("\n".join(levels), "#" + "x" * 10_000_001):
        with pytest.raises(InvalidInput) as raised:
            parse(text)
        assert raised.value.code == "contract.too-large"


def test_aliases_and_merge_keys_are_followed() -> None:
    text = HEAD + "schema:\n- name: t\n  properties:\n  - &a {name: a, required: true}\n  - {<<: *a, name: b}\n"
    assert [(item.name, item.required) for item in parse(text).contract.schema_[0].properties] == [
        ("a", True),
        ("b", True),
    ]


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_separators_of_unicode_are_characters_like_others(character: str) -> None:
    text = (
        HEAD
        + f"description:\n  purpose: |\n    a{character}b\n  usage: c{character}d # e{character} f\n"
        + f"name: '{character}'\nx: [\n"
    )
    whole = source.read(text + "  1]\n")
    assert isinstance(whole.value, dict)
    assert whole.value["description"] == {"purpose": f"a{character}b\n", "usage": f"c{character}d"}
    assert whole.value["name"] == character
    assert whole.place(("name",)) == (9, 1)
    [problem] = lint(text)
    assert problem.line == 11


def test_a_character_that_yaml_forbids_is_named_with_its_place() -> None:
    [problem] = lint(HEAD + "name: x # a\x0bb\n")
    assert (problem.code, problem.line, problem.column) == ("contract.not-yaml", 5, 12)
    assert "#x000b" in problem.message


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
).map(json.dumps))  # fmt: skip
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        parse(text)
    assert all(problem.message for problem in lint(text))


def test_lint_names_each_problem_with_line_and_hint() -> None:
    text = (
        HEAD
        + """\
schema:
- name: t
  colour: red
  properties:
  - name: a
    logicalType: integr
  - name: a
    logicalTypeOptions: {minimum: 5, maximum: 1}
    quality:
    - {metric: nullValue, mustBe: 0}
    - {metric: nullValues}
    - {metric: nullValues, mustBe: 0, mustBeLessThan: 3}
    - {}
    - {metric: nullValues, mustBe: 0, dimension: validity, severity: severe}
    - {type: sql, query: DROP TABLE t, mustBe: 0}
    - {metric: nullValues, mustBeBetween: [9, 1]}
  quality:
  - {metric: duplicateValues, arguments: {properties: [a, c]}, mustBe: 0}
  relationships:
  - {from: [t.a, t.z], to: other.x}
slaProperties:
- {property: freshnes, value: 1, unit: m}
"""
    )
    problems = lint(text)
    assert [(problem.line, problem.code) for problem in problems] == [
        (7, "contract.unknown-key"),
        (10, "contract.unknown-type"),
        (11, "contract.name-twice"),
        (12, "contract.reversed-range"),
        (14, "contract.unknown-metric"),
        (15, "contract.operator"),
        (16, "contract.operator"),
        (17, "contract.empty-rule"),
        (17, "contract.operator"),
        (18, "contract.unknown-dimension"),
        (18, "contract.unknown-severity"),
        (19, "contract.query"),
        (20, "contract.reversed-range"),
        (22, "contract.unknown-column"),
        (24, "contract.unknown-column"),
        (24, "contract.uneven-key"),
        (26, "contract.unknown-service-level"),
        (26, "contract.ambiguous-unit"),
    ]
    assert all(problem.hint and problem.path for problem in problems if problem.code != "contract.not-odcs")
    assert problems[1].hint == "Did you mean integer?"


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab:{}[],-?!&*|>'\"#% \n\t01."), max_size=30) | st.sampled_from(
    ["a: [b:c, d: e]", "{a: 1, ?b : 2}", "? a\n: b", "a: !!str 1", "a: ! 1", "a: 'x\n\n y'",
     "- |2-\n   x\n"]))  # fmt: skip
def test_both_readers_of_yaml_understand_the_same(text: str) -> None:
    def read(compose: Callable[[str], object]) -> object:
        try:
            node = compose(text)
            return node and _Reader().value(node, ())  # type: ignore[arg-type]
        except InvalidInput:
            return InvalidInput

    slow = read(_with_ruamel)
    assert slow is InvalidInput or read(composed) == slow  # libyaml takes some texts that ruamel.yaml refuses


def test_strict_lint_finds_what_the_schema_forgets() -> None:
    text = (
        HEAD
        + """\
schema:
- name: t
  properties:
  - name: a
    primaryKeyPosition: 1
    logicalTypeOptions: {pattern: '(['}
  - {name: b, logicalType: date, logicalTypeOptions: {minimum: '2020-01-02', maximum: '2020-01-01'}}
  - {name: c, logicalType: integer, enum: [{value: x}, {value: true}]}
  - name: d
    logicalType: timestamp
    logicalTypeOptions: {defaultTimezone: Mars/Olympus}
    quality:
    - {metric: rowCount, mustBe: 1}
    - {metric: invalidValues, mustBe: 0}
    - {metric: nullValues, unit: percent, mustBeLessThan: 200}
    - {type: library, mustBe: 1}
    - {description: nothing}
slaProperties:
- {property: latency, value: 1, unit: d, element: t.z}
"""
    )
    before = {problem.code for problem in lint(text)}
    assert "contract.bad-pattern" not in before
    problems = lint(text, strict=True)
    assert [(problem.line, problem.code) for problem in problems] == [
        (9, "contract.key-position"),
        (10, "contract.no-type"),
        (10, "contract.bad-pattern"),
        (11, "contract.reversed-range"),
        (12, "contract.enum-type"),
        (12, "contract.enum-type"),
        (15, "contract.unknown-zone"),
        (17, "contract.level"),
        (18, "contract.no-arguments"),
        (19, "contract.percent"),
        (20, "contract.empty-rule"),
        (21, "contract.empty-rule"),
        (21, "contract.operator"),
        (23, "contract.unknown-column"),
    ]
    assert all(problem.level == "error" and problem.hint and problem.path for problem in problems)


def test_what_other_tools_refuse_is_a_warning_with_its_place() -> None:
    text = (
        HEAD + "team:\n  members:\n  - {username: ana, dateIn: 5}\nservers:\n- {server: x, type: postgres, host: h}\n"
    )
    assert [(p.line, p.level, p.code, p.path) for p in lint(text)] == [
        (7, "warning", "contract.not-standard", "team.members[0].dateIn"),
        (9, "warning", "contract.not-standard", "servers[0]"),
    ]


def test_service_levels_that_say_nothing_are_named_and_short_forms_are_known() -> None:
    text = (
        HEAD
        + """\
slaProperties:
- {property: LY, value: 1, unit: d}
- {property: retention, value: 3, unit: m}
- {property: endOfLife, value: soon}
- {property: frequency, value: P1D}
- {property: latency, value: 5}
"""
    )
    problems = lint(text)
    assert [(problem.line, problem.code) for problem in problems] == [
        (7, "contract.ambiguous-unit"),
        (8, "contract.service-level"),
        (10, "contract.service-level"),
    ]
    assert problems[1].hint == "Write it in ISO 8601, such as 2027-12-31."
    bad = HEAD + "schema: [{name: t, properties: [{name: d, logicalType: date, logicalTypeOptions: {format: bb}}]}]"
    assert [problem.code for problem in lint(bad, strict=True)] == ["contract.bad-pattern"]
