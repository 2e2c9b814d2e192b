"""Values survive the way through Python source, and nothing else does."""

from __future__ import annotations

import ast
import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import ParameterSpec, ParameterType
from mesh_workbench.notebooks.literals import encode, encode_all
from mesh_workbench.notebooks.values import validate
from mesh_workbench.secrets import Secret

ZONES = st.sampled_from([None, UTC, ZoneInfo("Europe/Madrid"), timezone(timedelta(hours=-3, minutes=-30))])
HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(alphabet="'\"\\\n\r\u2028{}%!?$#\ud800"),
    st.binary(),
    st.dates(),
    st.datetimes(timezones=ZONES),
    st.times(),
    st.timedeltas(),
    st.decimals(),
)
VALUES = st.recursive(
    HASHABLE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
        st.sets(st.integers() | st.text(), max_size=4),
    ),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Equal in value and type, with nan equal to itself and zones that mean the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, datetime):
        return one.replace(tzinfo=None) == other.replace(tzinfo=None) and one.tzinfo == other.tzinfo
    return repr(one) == repr(other) if isinstance(one, (float, Decimal)) else one == other


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_every_supported_value_comes_back_as_it_was(value: Any) -> None:
    source = encode(value)
    assert source.isascii()
    assert "\n" not in source
    cell = f"value = {source}\n"
    assert TransformerManager().transform_cell(cell) == cell  # IPython sees no magic in it
    scope: dict[str, Any] = {"date": None, "datetime": None, "Decimal": None, "math": None}
    exec(cell, scope)
    assert same(scope["value"], value)


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_text_stays_text_whatever_it_says(text: str) -> None:
    tree = ast.parse(encode(f'"); import os; os.system("{text}'), mode="eval")
    assert isinstance(tree.body, ast.Constant)


def test_the_declared_type_decides_what_text_becomes() -> None:
    assert eval(encode("2013-02-01", "date")) == date(2013, 2, 1)
    assert eval(encode("2013-02-01T06:00:00+00:00", "timestamp")) == datetime(2013, 2, 1, 6, tzinfo=UTC)
    assert eval(encode("2013-02-01", "string")) == "2013-02-01"
    assert encode(None, "date") == "None"
    specs = [ParameterSpec(name="day", type="date"), ParameterSpec(name="n", type="integer")]
    assert encode_all(specs, {"day": "2013-01-02", "n": 3}) == {
        "day": "__import__('datetime').date(2013, 1, 2)",
        "n": "3",
    }


def test_a_huge_number_survives_the_limit_of_decimal_text() -> None:
    assert eval(encode(-(7**9000))) == -(7**9000)


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        encode(object())
    assert refused.value.code == "parameter.not-a-value"
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(InvalidInput) as refused:
        encode(deep)
    assert refused.value.code == "parameter.too-deep"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
MOMENTS = st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-3, minutes=-30))]))
GIVEN: dict[ParameterType, st.SearchStrategy[tuple[Any, str, Any]]] = {
    # as a program gives it, as a person types it, as the notebook gets it
    "string": st.text().map(lambda text: (text, text, text)),
    "integer": st.integers(-(10**30), 10**30).map(lambda number: (number, str(number), number)),
    "number": st.floats(allow_nan=False, allow_infinity=False).map(lambda number: (number, repr(number), number)),
    "boolean": st.booleans().map(lambda truth: (truth, str(truth).lower(), truth)),
    "date": st.dates().map(lambda day: (day.isoformat(), day.isoformat(), day)),
    "timestamp": MOMENTS.map(lambda moment: (moment.isoformat(), str(moment), moment)),
    "list": st.lists(JSON, max_size=4).map(lambda items: (items, json.dumps(items), items)),
    "object": st.dictionaries(st.text(max_size=5), JSON, max_size=4).map(
        lambda found: (found, json.dumps(found), found)
    ),
    "secret": st.just(("env:A_SECRET_OF_TESTS", "env:A_SECRET_OF_TESTS", Secret("hunter2"))),
    "any": JSON.filter(lambda value: value is not None).map(lambda value: (value, "", value)),
}


def test_no_type_of_parameters_is_forgotten() -> None:
    assert set(GIVEN) == set(get_args(ParameterType))


@pytest.mark.parametrize("kind", GIVEN)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_value_of_every_type_reaches_the_notebook_as_it_was_given(kind: ParameterType, data: st.DataObject) -> None:
    value, typed, wanted = data.draw(GIVEN[kind])
    spec = ParameterSpec(name="x", type=kind)
    os.environ["A_SECRET_OF_TESTS"] = "hunter2"
    for given_value in [value] if kind == "any" else [value, typed]:
        kept = json.loads(json.dumps(validate([spec], {"x": given_value})))  # as the registry keeps it
        assert same(eval(encode_all([spec], kept)["x"]), wanted)


def test_a_secret_is_looked_up_where_its_expression_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    written = encode("env:ANOTHER_SECRET", "secret")
    monkeypatch.setenv("ANOTHER_SECRET", "hunter2")
    assert "hunter2" not in written
    found = eval(written, {})
    assert (found, repr(found)) == ("hunter2", "'•••'")
