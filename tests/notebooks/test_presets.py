"""Presets: named values for parameters, kept in the notebook."""

from __future__ import annotations

from typing import Any

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import NotebookAnalysis, ParameterPreset
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import fix_all
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.notebooks.presets import with_preset
from tests.builders import notebook

PARAMETERS = "from datetime import date\nday: date\nmonth = 1"


def with_presets(presets: Any) -> str:
    return notebook("x = 1", parameters=PARAMETERS, metadata={"mesh": {"presets": presets}})


def found(presets: Any) -> NotebookAnalysis:
    return analyse(with_presets(presets))


def test_presets_are_read_in_their_order_and_canonical_form() -> None:
    analysis = found({"summer": {"month": "7"}, "first": {"day": "2013-01-01", "month": 1}})
    assert analysis.presets == [
        ParameterPreset(name="summer", values={"month": 7}),
        ParameterPreset(name="first", values={"day": "2013-01-01", "month": 1}),
    ]
    assert "notebook.bad-preset" not in [finding.code for finding in analysis.findings]


@pytest.mark.parametrize(
    ("presets", "word"),
    [
        ({"a": {"mont": 7}}, "mont"),
        ({"a": {"month": "seven"}}, "whole number"),
        ({"a": 3}, "'a'"),
        ([], "not an object"),
    ],
)
def test_what_does_not_fit_is_an_error_and_can_be_removed(presets: Any, word: str) -> None:
    [finding] = [finding for finding in found(presets).findings if finding.code == "notebook.bad-preset"]
    assert word in finding.message
    fixed, _ = fix_all(with_presets(presets), codes=["notebook.bad-preset"])
    assert "notebook.bad-preset" not in [finding.code for finding in analyse(fixed).findings]


def test_removing_one_leaves_the_others() -> None:
    fixed, _ = fix_all(with_presets({"a": {"mont": 7}, "b": {"month": 2}}), codes=["notebook.bad-preset"])
    assert [preset.name for preset in analyse(fixed).presets] == ["b"]


def test_they_are_part_of_what_is_frozen_and_of_the_digest() -> None:
    one, other = with_presets({"a": {"month": 1}}), with_presets({"a": {"month": 2}})
    assert analyse(one).digest != analyse(other).digest
    assert analyse(freeze(one).decode()).presets == analyse(one).presets


def test_given_values_count_more_than_those_of_a_preset() -> None:
    presets = [ParameterPreset(name="summer", values={"month": 7, "day": "2013-07-01"})]
    assert with_preset(presets, "summer", {"month": 8}) == {"month": 8, "day": "2013-07-01"}
    assert with_preset(presets, None, {"month": 8}) == {"month": 8}
    with pytest.raises(InvalidInput) as refused:
        with_preset(presets, "sumer", {})
    assert refused.value.code == "parameter.unknown-preset"
    assert "summer" in refused.value.hint
