"""Writing contracts: nothing but what was asked for changes; older versions and variables."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts import source
from mesh_workbench.contracts.conformity import deviations
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.edit import migrate, with_value, without
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.variables import variables_of
from mesh_workbench.errors import InvalidInput
from tests.builders import contract
from tests.contracts.test_document import EXAMPLES, HEAD

ODD = (
    HEAD
    + """\
# a comment of mine
name:   'quoted'   # and one behind it
x-note: "double \\u00e9"
tags: [ a,   b ]
description:
    purpose: >
        Folded text
        of two lines.

    usage: |
        kept
schema:
  - name: t   # table
    properties:
    - {name: a, logicalType: integer, logicalTypeOptions: {minimum: 1,maximum: 5}}
    -   name: b
        required:
        quality: []
"""
)
TEXTS = [ODD, ODD.replace("\n", "\r\n"), contract({"name": "a", "required": True}, status="x"),
         json.dumps(json.loads(contract("a", "b")), indent=4), "\ufeff" + ODD,
         *(example.read_text(encoding="utf-8") for example in EXAMPLES)]  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=9),
    st.sampled_from(["yes", "null", "1.0", "a: b", "# no", "it's", 'say "x"', "v3.2.0", "two words", "-", "é\n😀"]),
    st.lists(st.integers(0, 3), max_size=2), st.dictionaries(st.sampled_from("ab"), st.booleans(), max_size=2),
)  # fmt: skip


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict | list) and value:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    elif path:
        yield path


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        document = document[part]
    return document


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_setting_one_value_changes_that_value_and_only_its_line(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    before = source.read(text).value
    path = data.draw(st.sampled_from(sorted(leaves(before), key=repr)))
    value = data.draw(VALUES)
    changed = with_value(text, path, value)
    wanted = copy.deepcopy(before)
    at(wanted, path[:-1])[path[-1]] = value
    assert source.read(changed).value == wanted
    lines, now = text.split("\n"), changed.split("\n")
    common = next((n for n, pair in enumerate(zip(lines, now, strict=False)) if pair[0] != pair[1]), len(lines))
    behind = len(now) - common - 1
    assert lines[len(lines) - behind :] == now[len(now) - behind :] if behind > 0 else True
    old = at(before, path)
    if not ((isinstance(old, str) and "\n" in old.strip()) or len(lines) != len(now)):
        assert sum(one != other for one, other in zip(lines, now, strict=True)) <= 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_key_can_be_added_and_taken_away_again(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    before = source.read(text).value
    places = [path for path in ((), *leaves(before)) if isinstance(at(before, path[:-1]), dict)]
    where = data.draw(st.sampled_from(sorted(places, key=repr)))[:-1]
    changed = with_value(text, (*where, "x-new"), "here")
    wanted = copy.deepcopy(before)
    at(wanted, where)["x-new"] = "here"
    assert source.read(changed).value == wanted
    assert source.read(without(changed, (*where, "x-new"))).value == before
    key = data.draw(st.sampled_from(sorted(at(wanted, where))))
    del at(wanted, where)[key]
    assert source.read(without(changed, (*where, key))).value == wanted


def test_comments_quotes_and_spaces_stay() -> None:
    changed = with_value(
        with_value(ODD, ("name",), "it's"), ("schema", 0, "properties", 0, "logicalTypeOptions", "maximum"), 9
    )
    assert changed == ODD.replace("'quoted'", "'it''s'").replace("maximum: 5", "maximum: 9")


GONE = object()
HARD = [
    HEAD + rest
    for rest in (
        "x-a: &n {a: 1}\nx-b: *n\nname: x\n", "x-a: &n foo\nname: *n\n", "name: &unused x\n", "x-l: &l [1]\nx-m: *l\n",
        "x-base: &b {description: d, required: true}\nschema:\n- name: t\n  properties:\n  - <<: *b\n    name: c\n"
        "  - <<: [*b]\n    name: e\n    required: false\n",
        "? name\n: x\n? tenant\n: y\n", "name: !!str 5\n", "tags: [a, # c\n  b,\n  ]\nname: x\n",
        "x-m: {a: 1, b: 2, }\n", "description:\n  purpose: |2+\n      a\n    b\n\n  usage: >-\n    x\n    y",
        "name:\t'it''s'\t# c\ntags:\n-\n  a\n- - b\n", "name: x\n...\n# end\n",
        "description:\n  purpose: |\n    a\u2028b\x85c\n  usage: d # e\u2029f\nname: 'g\u2028h'\n",
        "schema:\n# c1\n- name: t\n  # c2\n  properties:\n  - name: a\n    # c4\n\n  - name: b\n# c5\nname: x",
        "name: \"a\\\n  b\"\ntenant: 'c\n\n  d'\n",
    )
]  # fmt: skip
HARD += ["\ufeff" + HARD[0], "\ufeff\ufeff" + HARD[5], HARD[9].replace("\n", "\r"), HARD[13].replace("\n", "\r\n")]


def edited(text: str, path: tuple[str | int, ...], put: Any) -> str | None:
    """The text with `put` at `path`, or without it when that is GONE; None when such a change is refused."""
    try:
        return without(text, path) if put is GONE else with_value(text, path, put)
    except InvalidInput as refused:
        return None if refused.code == "contract.no-place" else refused.code


@pytest.mark.parametrize("number", range(len(HARD)))
def test_an_edit_does_exactly_what_it_should_or_is_refused(number: int) -> None:
    text = HARD[number]
    before = source.read(text).value
    done = 0
    for path in leaves(before):
        for put in ("it's: new", 5, None, ["a"], GONE):
            wanted = copy.deepcopy(before)
            if put is GONE:
                del at(wanted, path[:-1])[path[-1]]
            else:
                at(wanted, path[:-1])[path[-1]] = put
            changed = edited(text, path, put)
            assert changed is None or source.read(changed).value == wanted
            done += changed is not None
    assert done


def test_hundreds_of_steps_are_taken_at_once_when_a_document_is_migrated() -> None:
    columns = "".join(
        f"  - name: c{n} # {n}\n    logicalTypeOptions: {{minimum: {n}, exclusiveMinimum: true, "
        "exclusiveMaximum: false}\n    quality:\n    - rule: nullCheck\n"
        for n in range(400)
    )
    old = HEAD.replace("v3.2.0", "v3.0.1") + "schema:\n- name: t\n  properties:\n" + columns
    new = migrate(old)
    assert parse(new).contract.schema_ == parse(old).contract.schema_
    assert "  - name: c7 # 7\n    logicalTypeOptions: {exclusiveMinimum: 7}\n    quality:\n    - metric: nullV" in new


def test_what_stands_behind_an_alias_is_not_changed_for_all() -> None:
    text = HEAD + "tags: &t [a]\nx-more: *t\n"
    with pytest.raises(InvalidInput) as refused:
        with_value(text, ("x-more", 0), "b")
    assert refused.value.code == "contract.no-place"
    for path in (("nowhere", "x"), ("id", "x"), ("tags", 7), ()):
        with pytest.raises(InvalidInput):
            with_value(text, path, 1)


def test_a_document_of_3_0_is_migrated_and_keeps_its_comments() -> None:
    text = (
        HEAD.replace("v3.2.0", "v3.0.2")
        + """\
schema:
- name: t
  properties:
  - name: a   # mine
    logicalType: integer
    logicalTypeOptions:
      minimum: 1
      exclusiveMinimum: false
      maximum: 5  # five
      exclusiveMaximum: true
    quality:
    - rule: duplicateCount
      mustBe: 0
    - {rule: validValues, validValues: [1, 5], description: Ends.}
    - rule: nullCheck
servers:
- {server: s, type: duckdb, database: d, schema: 0}
"""
    )
    new = migrate(text)
    assert (
        new
        == HEAD
        + """\
schema:
- name: t
  properties:
  - name: a   # mine
    logicalType: integer
    logicalTypeOptions:
      minimum: 1
      exclusiveMaximum: 5
    quality:
    - mustBe: 0
      metric: duplicateValues
    - {description: Ends., "arguments": {"validValues": [1, 5]}, "metric": "invalidValues", "mustBe": 0}
    - metric: nullValues
      mustBe: 0
servers:
- {server: s, type: duckdb, database: d, schema: "0"}
"""
    )
    assert deviations(source.read(new).value) == []
    assert [item for item in lint(text) if item.level == "error"] == []
    assert parse(text).contract.schema_ == parse(new).contract.schema_
    assert migrate(new) == new


def test_variables_are_found_listed_and_filled_only_from_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX", "7")
    query = "SELECT count(*) FROM ${table} WHERE ${column} > ${LIMIT}"
    text = contract(
        {"name": "a", "logicalTypeOptions": {"maximum": "${MAX}"}, "description": "up to ${MAX} in ${ZONE}",
         "quality": [{"type": "sql", "query": query, "mustBe": 0}]},
    )  # fmt: skip
    doc = parse(text, {"MAX": 5, "LIMIT": 3})
    assert [one.name for one in variables_of(source.read(text).value)] == ["MAX", "MAX", "ZONE", "LIMIT"]
    item = doc.contract.schema_[0].properties[0]
    assert item.logical_type_options == {"maximum": 5}
    assert item.description == "up to 5 in ${ZONE}"
    assert item.quality[0].query == query.replace("${LIMIT}", "3")
    assert doc.text == text
    found = [problem for problem in lint(text, variables={"MAX": 5}) if problem.code == "contract.unresolved-variable"]
    assert [problem.message for problem in found] == [
        "the variable ZONE has no value.",
        "the variable LIMIT has no value.",
    ]
