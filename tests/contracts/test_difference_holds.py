"""What is not graded breaking breaks nobody: data that keeps the new contract keeps the old one, too."""

from __future__ import annotations

import copy
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.difference import changes
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.model.check import Outcome
from tests.builders import contract

SMALL = st.integers(-1, 3)
LIMITS = st.one_of(
    st.tuples(st.sampled_from(["mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
                               "mustBeLessOrEqualTo"]), SMALL),
    st.tuples(st.sampled_from(["mustBeBetween", "mustNotBeBetween"]), st.sampled_from([[0, 1], [1, 3], [0, 3]])),
).map(lambda one: dict([one]))  # fmt: skip
PATTERNS = st.sampled_from(["a", "^a", "a$", "^a+$", "^[ab]+$", "^.$", "", "[0-9]", r"\d"])


def options_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    if kind == "string":
        lengths = {"minLength": st.integers(0, 2), "maxLength": st.integers(0, 3)}
        return st.fixed_dictionaries({}, optional={**lengths, "pattern": PATTERNS})
    bounds = dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], SMALL)
    widths = {"format": st.sampled_from(["i8", "i32", "u8", "i64"])} if kind == "integer" else {}
    return st.fixed_dictionaries({}, optional={**bounds, "multipleOf": st.integers(1, 4), **widths})


def rules_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    values = st.lists(st.sampled_from(["", "a", "b"] if kind == "string" else [0, 1, 2]), min_size=1, max_size=2)
    arguments = [
        ("missingValues", st.fixed_dictionaries({"missingValues": values})),
        ("invalidValues", st.fixed_dictionaries({}, optional={"validValues": values, "pattern": PATTERNS})),
        ("nullValues", st.just({})),
        ("duplicateValues", st.just({})),
    ]
    return st.one_of(
        st.builds(lambda metric, given, limit, unit: {"metric": metric, "arguments": given, **limit, **unit},
                  st.just(metric), given, LIMITS, st.sampled_from([{}, {"unit": "percent"}]))
        for metric, given in arguments
    )  # fmt: skip


def says_of(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    """What may be said of a column."""
    values = ["", "a", "aa", "b"] if kind == "string" else [0, 1, 2, 3]
    return {
        "logicalTypeOptions": options_of(kind),
        "quality": st.lists(rules_of(kind), min_size=1, max_size=2),
        "enum": st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True),
        **dict.fromkeys(["required", "unique", "primaryKey"], st.just(True)),
    }


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The columns of a contract that says little, and the same with one thing said anew."""
    kinds = {"a": draw(st.sampled_from(["integer", "number", "string"])), "b": "integer"}
    old = []
    for name, kind in kinds.items():
        said = draw(st.sets(st.sampled_from(sorted(says_of(kind))), max_size=2))
        old.append({"name": name, "logicalType": kind} | {key: draw(says_of(kind)[key]) for key in sorted(said)})
    new = copy.deepcopy(old)
    column = draw(st.sampled_from(new))
    says = says_of(column["logicalType"])
    key = draw(st.sampled_from(sorted(set(column) & set(says)) or sorted(says)) | st.sampled_from(sorted(says)))
    if key == "quality" and key in column:
        rule = draw(st.sampled_from(column[key]))
        part = draw(st.sampled_from(["arguments", "limit"]))
        fresh = draw(rules_of(column["logicalType"]).filter(lambda one: one["metric"] == rule["metric"]))
        for name in [name for name in rule if name.startswith("must")] if part == "limit" else ["arguments"]:
            del rule[name]
        rule |= {name: value for name, value in fresh.items() if name.startswith("must" if part == "limit" else "arg")}
    elif key in ("logicalTypeOptions", "enum") and key in column and draw(st.booleans()):
        column[key] = draw(moved(column[key]))
    elif key in column and draw(st.booleans()):
        del column[key]
    else:
        column[key] = draw(says[key])
    return old, new


def moved(value: Any) -> st.SearchStrategy[Any]:
    """A list with one entry less, or options with one number moved by one."""
    if isinstance(value, list):
        return st.sampled_from([value[1:] or value, value[::-1], value[:1]])
    numbers = sorted(name for name, one in value.items() if isinstance(one, int))
    if not numbers:
        return st.just(value)
    return st.builds(
        lambda name, step: {**value, name: max(0, value[name] + step)},
        st.sampled_from(numbers),
        st.sampled_from([-1, 1]),
    )


def kept(text: str, table: pa.Table) -> bool:
    return all(result.outcome is Outcome.PASSED for result in evaluate(parse(text), Candidate.from_table(table)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(pair=pairs(), data=st.data())
def test_data_that_keeps_the_new_contract_keeps_the_old_one_unless_the_change_is_breaking(
    pair: tuple[list[dict[str, Any]], list[dict[str, Any]]], data: st.DataObject
) -> None:
    old, new = (contract(*many) for many in pair)
    found = changes(parse(old), parse(new))
    assume(found and not any(change.grade == "breaking" for change in found))
    texts = st.none() | st.sampled_from(["", "a", "aa", "ab", "b", "1"])
    numbers = st.none() | st.sampled_from([-1, 0, 1, 2, 3, 4, 200])
    kind = {"integer": pa.int64(), "number": pa.float64(), "string": pa.string()}[pair[0][0]["logicalType"]]
    rows = data.draw(st.lists(st.tuples(texts if kind == pa.string() else numbers, numbers), max_size=4))
    table = pa.table(
        {"a": pa.array([one for one, _ in rows], kind), "b": pa.array([two for _, two in rows], pa.int64())}
    )
    if kept(new, table):
        assert kept(old, table), [change.words for change in found]
