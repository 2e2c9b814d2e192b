"""Reading a notebook document, and refusing what is none."""

from __future__ import annotations

import json

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.notebooks.digest import digest
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.notebooks.read import MAX_CHARACTERS, parse
from tests.builders import notebook

NOT_A_NOTEBOOK = {
    "nothing": "",
    "prose": "Dear reader,",
    "half a document": '{"cells": [',
    "a list": "[]",
    "no format": '{"cells": []}',
    "a future format": '{"nbformat": 5, "cells": []}',
    "no cells": '{"nbformat": 4, "metadata": {}}',
    "cells that are no list": '{"nbformat": 4, "cells": {"a": 1}}',
    "a cell that is no object": '{"nbformat": 4, "cells": ["print(1)"]}',
    "a cell of no kind": '{"nbformat": 4, "cells": [{"cell_type": "song", "source": ""}]}',
    "a source that is no text": '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}',
    "metadata that is no object": '{"nbformat": 4, "metadata": 3, "cells": []}',
    "half a character": '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \\"\\ud800\\""}]}',
    "format 3 that is not built so": '{"nbformat": 3, "worksheets": 5}',
    "very deep JSON": "[" * 100_000 + "]" * 100_000,
    "something huge": '"' + "x" * MAX_CHARACTERS + '"',
}


@pytest.mark.parametrize("text", NOT_A_NOTEBOOK.values(), ids=NOT_A_NOTEBOOK.keys())
def test_what_is_not_a_notebook_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(text)
    assert refused.value.code == "notebook.not-a-notebook"
    assert refused.value.hint


@pytest.mark.parametrize("metadata", [{"kernelspec": {"language": "R"}}, {"language_info": {"name": "julia"}}])
def test_a_notebook_in_another_language_is_refused_by_name(metadata: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=r"written in (r|julia)") as refused:
        parse(notebook("1", metadata=metadata))
    assert refused.value.code == "notebook.other-language"


@pytest.mark.parametrize("minor", [0, 2, 4, 5, 9])
def test_every_minor_version_of_format_4_is_read(minor: int) -> None:
    document = json.loads(notebook("a = 1\nb = 2")) | {"nbformat_minor": minor}
    document["cells"][0]["source"] = ["a = 1\r\n", "b = 2"]
    document["cells"][0].pop("id", None)
    read = parse(json.dumps(document))
    assert read.cells[0].source == "a = 1\nb = 2"
    assert read.cells[0].id == "cell-0"


def test_format_3_is_upgraded() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Old", "metadata": {}},
        {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "metadata": {}},
    ]
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})
    assert [(cell.cell_type, cell.source) for cell in parse(text).cells] == [("markdown", "# Old"), ("code", "x = 1")]
    assert freeze(text) == freeze(text)


def test_the_digest_covers_meaning_and_nothing_else() -> None:
    plain = notebook("x = 1", "print(x)", parameters="month = 1")
    document = json.loads(plain)
    for number, cell in enumerate(document["cells"]):
        cell |= {"id": f"other{number}", "execution_count": 7}
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
        cell["metadata"] |= {"collapsed": True, "papermill": {"duration": 3}}
    document["metadata"] |= {"widgets": {}, "kernelspec": {"name": "elsewhere", "language": "python"}}
    assert digest(parse(json.dumps(document))) == digest(parse(plain))

    for changed in (
        notebook("x = 2", "print(x)", parameters="month = 1"),
        notebook("print(x)", "x = 1", parameters="month = 1"),
        notebook("month = 1", "x = 1", "print(x)"),  # the tag is gone
    ):
        assert digest(parse(changed)) != digest(parse(plain))


def test_the_frozen_copy_has_no_outputs_and_stable_bytes() -> None:
    document = json.loads(notebook("x = 'ü'", parameters="month = 1", kernel="py-special"))
    clean = freeze(json.dumps(document))
    document["cells"][0] |= {
        "execution_count": 7,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "s"}],
    }
    document["metadata"]["widgets"] = {"state": {}}
    assert freeze(json.dumps(document, indent=4)) == clean
    frozen = parse(clean.decode())
    assert [cell["outputs"] for cell in json.loads(clean)["cells"]] == [[], []]
    assert frozen.cells[0].tags == ["parameters"]
    assert frozen.kernel == "py-special"
    assert freeze(clean.decode()) == clean


def test_other_tools_can_read_the_frozen_copy() -> None:
    import nbformat

    nbformat.validate(nbformat.reads(freeze(notebook("x = 1", "# t", parameters="a = 1")).decode(), as_version=4))
