"""Slot expressions: the times of the slot, in the zone of the schedule and the type of the parameter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import ParameterSpec, ParameterType
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.notebooks.literals import encode_all
from mesh_workbench.scheduling.expressions import as_kept, filled

FEBRUARY = SlotTime(
    start=datetime(2026, 1, 31, 23, tzinfo=UTC), end=datetime(2026, 2, 28, 23, tzinfo=UTC), timezone="Europe/Madrid"
)


def fill(kind: ParameterType, value: JsonValue, **spec: object) -> JsonValue:
    return filled({"p": value}, [ParameterSpec.model_validate({"name": "p", "type": kind, **spec})], FEBRUARY)["p"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("date", "{slot.start}", "2026-02-01"),
        ("date", "{slot.start:%Y-%m-15}", "2026-02-15"),
        ("timestamp", "{slot.end}", "2026-03-01T00:00:00+01:00"),
        ("string", "{slot.start}", "2026-02-01T00:00:00+01:00"),
        ("string", "s3://in/{slot.start:%Y/%m}/{slot.end:%d}.csv", "s3://in/2026/02/01.csv"),
        ("integer", "{slot.start:%m}", 2),
        ("integer", "{slot.start:%Y%m%d}", 20260201),
        ("number", "{slot.start:%Y}", 2026),
        ("any", "{slot.start:%Y-%m}", "2026-02"),
        ("list", ["{slot.start:%d}", 3, {"to": "{slot.end:%d}"}], ["01", 3, {"to": "01"}]),
        ("object", {"month": "{slot.start:%B}"}, {"month": "February"}),
        ("string", "{{slot.start}} as text", "{slot.start} as text"),
        ("string", '{"json": {"a": 1}}', '{"json": {"a": 1}}'),
        ("string", "100% {slot.start:%d%%}", "100% 01%"),
        ("integer", 7, 7),
    ],
)
def test_an_expression_becomes_what_the_type_of_the_parameter_wants(
    kind: ParameterType, value: JsonValue, expected: JsonValue
) -> None:
    assert fill(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "code", "says"),
    [
        ("string", "{slot.strat}", "schedule.unknown-expression", "Did you mean slot.start?"),
        ("string", "{start}", "schedule.unknown-expression", "Did you mean slot.start?"),
        ("string", "{slot.start.__class__}", "schedule.unknown-expression", "Did you mean slot.start?"),
        ("string", "{run.id}", "schedule.unknown-expression", "There are: slot.end, slot.start."),
        ("string", "{slot.start:%Q}", "schedule.bad-format", "%Y-%m-%d"),
        ("string", "{slot.start:%}", "schedule.bad-format", "%Y-%m-%d"),
        ("integer", "{slot.start}", "schedule.expression-type", "{slot.start:%Y%m%d}"),
        ("boolean", "{slot.start}", "schedule.expression-type", "Give a value of that type."),
        ("integer", "{slot.start:%B}", "parameter.type", "whole number"),
        ("date", "{slot.start:%d.%m.%Y}", "parameter.type", "a date"),
    ],
)
def test_a_wrong_expression_says_what_is_wrong_and_what_would_be_right(
    kind: ParameterType, value: JsonValue, code: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        fill(kind, value)
    assert refusal.value.code == code
    assert says in str(refusal.value)
    assert refusal.value.where == "p"


def test_a_filled_value_is_held_to_choices_and_range() -> None:
    with pytest.raises(InvalidInput, match="at most 1"):
        fill("integer", "{slot.start:%m}", maximum=1)
    with pytest.raises(InvalidInput) as refusal:
        fill("string", "{slot.start:%b}", choices=["Jan", "Mar"])
    assert refusal.value.code == "parameter.choice"


def test_a_schedule_keeps_expressions_and_the_canonical_form_of_other_values() -> None:
    specs = [ParameterSpec(name="day", type="date"), ParameterSpec(name="limit", type="integer")]
    assert as_kept({"day": "{slot.start}", "limit": "10"}, specs, FEBRUARY) == {"day": "{slot.start}", "limit": 10}


def test_a_filled_text_reaches_the_notebook_as_a_literal_and_never_as_code() -> None:
    spec = ParameterSpec(name="p", type="string")
    value = filled({"p": "'; import os #{slot.start:%Y}\n"}, [spec], FEBRUARY)
    source = encode_all([spec], value)["p"]
    assert eval(source, {}) == "'; import os #2026\n"
