"""Template notebooks: complete, clean, and promoted like anybody's notebook."""

from __future__ import annotations

import json

import pytest

from mesh_workbench.contracts.lint import lint
from mesh_workbench.errors import NotFound
from mesh_workbench.notebooks import templates
from mesh_workbench.notebooks.analyse import analyse

ALL = templates.listed()


def test_the_checkout_s_own_templates_are_found_first():
    assert templates.folder().parent.parent.joinpath("pyproject.toml").is_file()
    assert {template.name for template in ALL} >= {"flights", "daily_delays", "weather_impact"}
    assert {template.kind for template in ALL} == set(templates.KINDS)


def test_an_unknown_template_is_not_found_and_the_nearest_is_offered():
    with pytest.raises(NotFound) as caught:
        templates.find("flihgts")
    assert caught.value.hint == "Did you mean flights?"


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_a_template_can_be_promoted_as_it_is(template):
    text = template.notebook.read_text(encoding="utf-8")
    found = analyse(text)
    assert [output.name for output in found.outputs] == [template.name]
    assert found.parameters_cell is not None
    assert found.title
    assert found.description
    assert [finding for finding in found.findings if finding.level.value == "error"] == []
    assert all(not cell.get("outputs") for cell in json.loads(text)["cells"])


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_the_contract_of_a_template_has_nothing_to_complain_about(template):
    assert template.contract is not None
    assert lint(template.contract.read_text(encoding="utf-8")) == []
