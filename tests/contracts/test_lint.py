"""What lint finds: nothing that would be ignored or never be kept passes without a word, and every place is right."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts import source
from mesh_workbench.contracts.lint import lint
from mesh_workbench.errors import InvalidInput
from tests.contracts.test_document import EXAMPLES, HEAD


def at_column(*lines: str, kind: str = "integer") -> str:
    said = "".join(f"    {line}\n" for line in lines)
    return f"{HEAD}schema:\n- name: t\n  properties:\n  - name: a\n    logicalType: {kind}\n{said}"


def options(said: str, kind: str = "integer") -> str:
    return at_column(f"logicalTypeOptions: {said}", kind=kind)


def levels(*lines: str) -> str:
    return f"{HEAD}slaProperties:\n" + "".join(f"- {line}\n" for line in lines)


ALWAYS = [
    ("quality: [{metric: invalidValues, arguments: {pattern: x, validvalues: [1]}, mustBe: 0}]",
     "unknown-argument", "invalidValues has no argument validvalues", "Did you mean validValues?"),
    ("quality: [{metric: nullValues, arguments: {validValues: [1]}, mustBe: 0}]",
     "unknown-argument", "nullValues has no argument validValues", "Take it away."),
    ("quality: [{metric: missingValues, arguments: {missingValues: x}, mustBe: 0}]",
     "argument", "missingValues is no list", "Write it as [a, b]."),
    ("quality: [{metric: invalidValues, arguments: {pattern: 5}, mustBe: 0}]",
     "argument", "the pattern is no text", "Put it in quotes."),
    ("quality: [{type: sql, query: 'SELECT count(*) FROM {tabel}', mustBe: 0}]",
     "query", "the placeholder {tabel}, which nothing fills. Did you mean table?", "Ask one SELECT"),
    ("customProperties: [{property: severity, value: {enum: waning}}]",
     "unknown-severity", "'waning' is not a severity", "Did you mean warning?"),
    ("customProperties: [{property: severity, value: {enmu: warning}}]",
     "unknown-promise", "nothing is promised as 'enmu'", "Did you mean enum?"),
    ("logicalTypeOptions: {minimum: .nan}", "not-finite", "nan is no number", "Write a number."),
    ("quality: [{metric: nullValues, mustBeLessThan: .inf}]", "not-finite", "inf is no number", "Write a number."),
    ("logicalTypeOptions: {format: i33}", "not-standard", "'format' must be 'i8', 'i16'", "Did you mean i32?"),
    ("logicalTypeOptions: {multipleOf: 0}", "not-standard", "'multipleOf' must be more than 0", "larger number"),
    ("relationships: [{to: nowhere}]", "not-standard", "'to' is no reference", "Write object.column"),
    ("enum: [1]", "not-standard", "'enum[0]' must be a mapping", "Write a mapping such as {value: A}."),
]  # fmt: skip


@pytest.mark.parametrize(("said", "code", "message", "hint"), ALWAYS)
def test_what_would_be_ignored_is_named_with_what_to_do(said: str, code: str, message: str, hint: str) -> None:
    [problem] = lint(at_column(said))
    assert problem.code == f"contract.{code}"
    assert problem.message.startswith(message) or message in problem.message
    assert problem.message.endswith((".", "?"))
    assert hint in problem.hint
    assert (problem.line, problem.path.startswith("schema[0].properties[0]")) == (10, True)


def test_rules_inside_maps_are_looked_at_too() -> None:
    inner = "map: {key: {logicalType: nope}, value: {logicalType: string, quality: [{metric: zz, mustBe: 0}]}}"
    assert [problem.code for problem in lint(at_column(inner, kind="map"))] == [
        "contract.unknown-type", "contract.unknown-metric",
    ]  # fmt: skip


def test_names_that_differ_in_case_only_and_counts_in_percent_are_named() -> None:
    text = (
        HEAD + "schema:\n- name: t\n  properties: [{name: A},{name: a}]\n"
        "  quality: [{metric: rowCount, unit: percent, mustBe: 5}]\n"
    )
    assert [(one.line, one.level, one.code) for one in lint(text)] == [
        (7, "warning", "contract.name-twice"), (8, "error", "contract.percent"),
    ]  # fmt: skip


STRICT = [
    (options("{minimum: 5, exclusiveMaximum: 5}"), "reversed-range"),
    (options("{exclusiveMinimum: 4, exclusiveMaximum: 5}"), "reversed-range"),
    (options("{minimum: '2020-01-02', exclusiveMaximum: '2020-01-02'}", "date"), "reversed-range"),
    (options("{minProperties: 3, maxProperties: 2}", "object"), "reversed-range"),
    (options("{format: emial}", "string"), "unknown-format"),
    (options("{minimum: soon}", "date"), "bad-bound"),
    (options("{maximum: 25:00:00}", "time"), "bad-bound"),
    (options("{minimum: 1.5}"), "bad-bound"),
    (at_column("primaryKey: true", "required: false"), "key-required"),
    (at_column("primaryKey: true").replace("  - name", "  - {name: b, primaryKey: true}\n  - name"), "key-position"),
    (at_column("physicalName: x").replace("  - name", "  - {name: b, physicalName: x}\n  - name"), "name-twice"),
    (at_column("quality:", "- {id: x, metric: nullValues, mustBe: 0}", "- {id: x, metric: nullValues, mustBe: 1}"),
     "id-twice"),
    (at_column("quality: [{type: text}]"), "empty-rule"),
    (at_column() + "slaDefaultElement: t.zz\n", "unknown-column"),
    (levels("{property: latency, value: 1, unit: d}", "{property: ly, value: 2, unit: d}"), "name-twice"),
    (levels("{property: endOfSupport, value: '2030-01-01'}", "{property: endOfLife, value: '2029-01-01'}"),
     "reversed-range"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), STRICT)
def test_strict_lint_finds_what_can_never_be_kept_or_says_two_things(text: str, code: str) -> None:
    assert [problem for problem in lint(text) if problem.code != "contract.not-standard"] == []
    [problem] = [problem for problem in lint(text, strict=True) if problem.code != "contract.not-standard"]
    assert (problem.code, problem.level) == (f"contract.{code}", "error")
    assert problem.hint
    assert problem.path
    assert problem.line


TEXTS = [
    *(example.read_text(encoding="utf-8") for example in EXAMPLES),
    at_column("logicalTypeOptions:", "  minimum: 1", "quality:", "- metric: nullValues", "  mustBe: 0", "# end"),
]
CHANGES = ["{a}{k}x:{v}", "{a}{k}: 5", "{a}{k}: [a, b]", "{a}{k}: {{a: 1}}", "{a}{k}: nonsense", "{a}{k}:",
           "{a}{k}: .nan", '{a}"{k}": ${{{{VAR}}}}', "{a}{k}: é😀", "", "{a}{k}: {k}: {k}", "{a}\t{k}: x"]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_problem_of_a_broken_contract_stands_where_lint_says(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(TEXTS)).split("\n")
    keys = [number for number, line in enumerate(lines) if re.match(r"\s*(- )?[A-Za-z]+:", line)]
    for number in data.draw(st.sets(st.sampled_from(keys), min_size=1, max_size=3)):
        a, k, v = re.match(r"(\s*(?:- )?)([A-Za-z]+):(.*)", lines[number]).groups()  # type: ignore[union-attr]
        lines[number] = data.draw(st.sampled_from(CHANGES)).format(a=a, k=k, v=v)
    text = data.draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    try:
        read: source.Source | None = source.read(text)
    except InvalidInput:
        read = None
    for problem in lint(text, strict=data.draw(st.booleans())):
        assert problem.hint
        assert problem.line is not None
        assert problem.column is not None
        line = [*lines, ""][problem.line - 1]
        assert 1 <= problem.column <= len(line) + 1
        key = re.split(r"\.|(?=\[)", problem.path)[-1]
        missing = "missing" in problem.message or "has no value" in problem.message
        if read is not None and key and not key.startswith("[") and not missing:
            assert line[problem.column - 1 :].startswith((key, f'"{key}"'))
