"""The parameters of a notebook, and the values that are given for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import FindingLevel, ParameterSpec
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.parameters import validate
from tests.builders import notebook


def specs(cell: str) -> list[ParameterSpec]:
    return analyse(notebook(parameters=cell)).parameters


def one(cell: str) -> dict[str, Any]:
    [spec] = specs(cell)
    return spec.model_dump(exclude_defaults=True, exclude={"name"})


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("x = 1", {"type": "integer", "default": 1}),
        ("x = -1.5", {"type": "number", "default": -1.5}),
        ("x = True", {"type": "boolean", "default": True}),
        ("x = 'a'  # a word", {"type": "string", "default": "a", "help": "a word"}),
        ("x = mesh.secret('env:A')", {"type": "secret", "default": "env:A", "choices": ["env:A"]}),
        (
            "x: Annotated[mesh.Secret, 'env:A', 'file:/run/b', 'hunter2'] = mesh.secret('env:C')",
            {"type": "secret", "default": "env:C", "choices": ["env:C", "env:A", "file:/run/b"]},
        ),
        ("x: Annotated[Secret, 'env:A']", {"type": "secret", "required": True, "choices": ["env:A"]}),
        ("x: mesh.Secret | None = None", {"type": "secret", "nullable": True, "choices": []}),
        ("x = [1, 2]", {"type": "list", "default": [1, 2]}),
        ("x = ('a',)", {"type": "list", "default": ["a"]}),
        ("x = {'a': 1}", {"type": "object", "default": {"a": 1}}),
        ("x = None", {"nullable": True}),
        ("x = date(2013, 1, 2)", {"type": "date", "default": "2013-01-02"}),
        ("x = datetime.date(2013, 1, 2)", {"type": "date", "default": "2013-01-02"}),
        ("x = datetime.datetime(2013, 1, 2, 3)", {"type": "timestamp", "default": "2013-01-02T03:00:00"}),
        (
            "x = datetime(2013, 1, 2, tzinfo=timezone.utc)",
            {"type": "timestamp", "default": "2013-01-02T00:00:00+00:00"},
        ),
        ("x = date.fromisoformat('2013-01-02')", {"type": "date", "default": "2013-01-02"}),
        ("x: int", {"type": "integer", "required": True}),
        ("x: float = 1", {"type": "number", "default": 1}),
        ("x: 'int' = 1", {"type": "integer", "default": 1}),
        ("x: Optional[date] = None", {"type": "date", "nullable": True}),
        ("x: str | None = None", {"type": "string", "nullable": True}),
        ("x: typing.Literal['a', 'b'] = 'a'", {"type": "string", "default": "a", "choices": ["a", "b"]}),
        (
            "x: Annotated[int, Ge(1), Lt(13)] = 1",
            {"type": "integer", "default": 1, "minimum": 1.0, "maximum": 12.0},
        ),
        (
            "x: Annotated[float, Field(ge=0, le=0.5)] = 0",
            {"type": "number", "default": 0, "minimum": 0.0, "maximum": 0.5},
        ),
        (
            "x: Annotated[int, range(1, 13)] = 1",
            {"type": "integer", "default": 1, "minimum": 1.0, "maximum": 12.0},
        ),
        ("x: list[str] = []", {"type": "list", "default": []}),
        ("x: pd.Timestamp = 5", {"type": "integer", "default": 5}),
        ("x = (\n  1\n)  # behind a bracket", {"type": "integer", "default": 1, "help": "behind a bracket"}),
        ("%matplotlib inline\nx = 1  # one", {"type": "integer", "default": 1, "help": "one"}),
        ("x = '#no help'", {"type": "string", "default": "#no help"}),
        ("x = float('inf')", {}),
    ],
)
def test_a_parameter_is_typed_without_running_it(cell: str, found: dict[str, Any]) -> None:
    assert one(cell) == found


def test_only_plain_public_names_are_parameters() -> None:
    names = [spec.name for spec in specs("import os\na, b = 1, 2\n_hidden = 3\nc = d = 4\ne.f = 5\ng[0] = 6")]
    assert names == ["a", "b", "c", "d"]


def test_a_value_computed_from_a_parameter_is_a_warning() -> None:
    found = analyse(notebook(parameters="month = 1\nfirst = date(2013, month, 1)"))
    assert "notebook.derived-parameter" in [finding.code for finding in found.findings]


SPECS = [
    ParameterSpec(name="month", type="integer", default=1, minimum=1, maximum=12),
    ParameterSpec(name="day", type="date", nullable=True),
    ParameterSpec(name="moment", type="timestamp"),
    ParameterSpec(name="share", type="number"),
    ParameterSpec(name="fast", type="boolean"),
    ParameterSpec(name="carrier", type="string", choices=["AA", "UA"]),
    ParameterSpec(name="codes", type="list"),
    ParameterSpec(name="limits", type="object"),
    ParameterSpec(name="free", type="any"),
]


@pytest.mark.parametrize(
    ("name", "given", "canonical"),
    [
        ("month", 3, 3),
        ("month", "3", 3),
        ("month", 3.0, 3),
        ("day", "2013-01-02", "2013-01-02"),
        ("day", date(2013, 1, 2), "2013-01-02"),
        ("day", None, None),
        ("day", "null", None),
        ("moment", "2013-01-02T03:04:05Z", "2013-01-02T03:04:05+00:00"),
        ("share", "0.5", 0.5),
        ("share", 1, 1),
        ("fast", "yes", True),
        ("carrier", "AA", "AA"),
        ("codes", '["a"]', ["a"]),
        ("limits", {"a": [1]}, {"a": [1]}),
        ("free", [None, {"a": 1}], [None, {"a": 1}]),
    ],
)
def test_a_good_value_gets_its_canonical_form(name: str, given: Any, canonical: Any) -> None:
    assert validate(SPECS, {name: given}) == {name: canonical}


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("mont", 3, "parameter.unknown"),
        ("month", "three", "parameter.type"),
        ("month", 3.5, "parameter.type"),
        ("month", True, "parameter.type"),
        ("month", None, "parameter.type"),
        ("month", 13, "parameter.range"),
        ("day", "2013-02-30", "parameter.type"),
        ("moment", "soon", "parameter.type"),
        ("share", "nan", "parameter.type"),
        ("fast", 1, "parameter.type"),
        ("fast", "perhaps", "parameter.type"),
        ("carrier", "XX", "parameter.choice"),
        ("carrier", 5, "parameter.type"),
        ("codes", '{"a": 1}', "parameter.type"),
        ("codes", "not json", "parameter.type"),
        ("limits", [1], "parameter.type"),
        ("free", object(), "parameter.type"),
        ("free", float("nan"), "parameter.type"),
    ],
)
def test_a_bad_value_is_refused_with_its_name(name: str, given: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        validate(SPECS, {name: given})
    assert refused.value.code == code
    assert refused.value.where == name
    assert refused.value.hint


def test_a_wrong_name_is_met_with_the_right_one() -> None:
    with pytest.raises(InvalidInput, match=r"Did you mean month\?"):
        validate(SPECS, {"mnth": 3})


def test_a_parameter_without_default_must_be_given() -> None:
    with pytest.raises(InvalidInput) as refused:
        validate([ParameterSpec(name="month", required=True)], {})
    assert refused.value.code == "parameter.missing"


@pytest.mark.parametrize("default", ["hunter2-is-long", "env:TOKEN"])
def test_a_secret_that_is_written_down_is_an_error_that_does_not_repeat_it(default: str) -> None:
    found = analyse(notebook(parameters=f"import mesh_workbench as mesh\nx: mesh.Secret = {default!r}"))
    [spec] = found.parameters
    assert (spec.type, spec.default, spec.choices) == ("secret", None, [])
    [said] = [finding for finding in found.findings if finding.code == "notebook.secret-default"]
    assert said.level is FindingLevel.ERROR
    assert "mesh.secret(" in said.hint
    assert "hunter2" not in found.model_dump_json()


def test_a_secret_is_given_by_a_reference_that_the_notebook_names_and_never_repeated() -> None:
    secrets = specs("x: Annotated[mesh.Secret, 'env:B'] = mesh.secret('env:A')")
    assert validate(secrets, {"x": "env:B"}) == {"x": "env:B"}
    for given, code in [("hunter2", "parameter.type"), ("env:HOME", "parameter.choice"), (7, "parameter.type")]:
        with pytest.raises(InvalidInput) as refused:
            validate(secrets, {"x": given})
        assert refused.value.code == code
        assert str(given) not in f"{refused.value} {refused.value.hint} {refused.value.details}"
