"""Fixes of findings do away with them, and change nothing else."""

from __future__ import annotations

import json

import pytest

from mesh_workbench.errors import Conflict
from mesh_workbench.model.fix import Edit, Fix, InsertCell, RemoveCell, ReplaceSource, SetMetadata, SetTags
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import apply_fix, fix_all
from mesh_workbench.notebooks.read import parse
from tests.builders import notebook


def sources(text: str) -> list[str]:
    return [cell.source for cell in parse(text).cells]


def fixed(text: str, *edits: Edit) -> str:
    return apply_fix(text, Fix(label="Do it", edits=list(edits)))


def test_edits_see_what_the_ones_before_them_made() -> None:
    text = fixed(
        notebook("a = 1", "b = 2", "c = 3"),
        RemoveCell(cell=0),
        InsertCell(cell=1, source="new = 1\nnewer = 2", tags=["t"]),
        SetTags(cell=2, tags=["last"]),
        ReplaceSource(cell=0, start=4, end=5, text="é🦊"),
        ReplaceSource(cell=0, start=6, end=6, text="!"),
    )
    assert sources(text) == ["b = é🦊!", "new = 1\nnewer = 2", "c = 3"]
    assert [cell.tags for cell in parse(text).cells] == [[], ["t"], ["last"]]


def test_metadata_is_only_set_below_our_own_name() -> None:
    text = fixed(notebook("x = 1"), SetMetadata(name="presets", value={"a": {}}), SetMetadata(name="more", value=1))
    assert parse(text).metadata["mesh"] == {"presets": {"a": {}}, "more": 1}
    assert parse(fixed(text, SetMetadata(name="more", value=None))).metadata["mesh"] == {"presets": {"a": {}}}


def test_outputs_ids_and_foreign_metadata_survive_a_fix() -> None:
    document = json.loads(notebook("# parameters\nx = 'ü'", "x"))
    document["cells"][1] |= {
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "text": "ü", "name": "stdout"}],
    }
    document["metadata"]["colab"] = {"name": "x"}
    text, [finding] = fix_all(json.dumps(document), codes=["notebook.parameters-comment"])
    assert finding.code == "notebook.parameters-comment"
    document["cells"][0]["metadata"] = {"tags": ["parameters"]}
    assert json.loads(text) == document


@pytest.mark.parametrize("minor", [0, 4, 5])
def test_a_fixed_notebook_is_valid_for_other_tools(minor: int) -> None:
    import nbformat

    document = json.loads(notebook("x = 1")) | {"nbformat_minor": minor}
    if minor < 5:
        document["cells"][0].pop("id")
    text = fixed(json.dumps(document), InsertCell(cell=1, source="y = 1"), InsertCell(cell=0, source="z"))
    nbformat.validate(nbformat.reads(text, as_version=4))


@pytest.mark.parametrize(
    "edit", [SetTags(cell=2, tags=[]), RemoveCell(cell=5), ReplaceSource(cell=0, start=3, end=99, text="")]
)
def test_the_fix_of_another_notebook_is_refused(edit: Edit) -> None:
    with pytest.raises(Conflict) as refused:
        fixed(notebook("x = 1"), edit)
    assert refused.value.code == "notebook.fix-does-not-fit"


def test_what_an_earlier_run_injected_can_be_removed() -> None:
    document = json.loads(notebook("y = 2", parameters="x = 1"))
    document["cells"][1]["metadata"] = {"tags": ["injected-parameters"]}
    text, done = fix_all(json.dumps(document), codes=["notebook.injected-parameters"])
    assert [finding.code for finding in done] == ["notebook.injected-parameters"]
    assert sources(text) == ["x = 1"]
    assert "notebook.injected-parameters" not in [finding.code for finding in analyse(text).findings]
