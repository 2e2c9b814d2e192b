"""The page of an executed notebook shows what was found, and can do nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.notebooks.page import page, parameters_of

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<img src="https://example.org/pixel.png">',
    '<a href="javascript:alert(1)">here</a>',
    '<a href="data:text/html,<script>alert(1)</script>">here</a>',
    '<iframe src="https://example.org"></iframe>',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<style>@import "https://example.org/a.css";</style>',
    '<form action="https://example.org"><input name="a"></form>',
    '<div style="background:url(https://example.org)" onclick="alert(1)">x</div>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]
ACTIVE = ("<script", "onerror", "onload", "onclick", "javascript:", "data:text", "<iframe", "<form", "<input",
          "@import", "example.org/pixel", "url(")  # fmt: skip


def executed(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "c1", "metadata": {}, "execution_count": 1}
    return {**cell, "source": source, "outputs": list(outputs)}


def shown(**data: Any) -> dict[str, Any]:
    by_type = {name.replace("_", "/", 1): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": by_type}


def body_of(text: str) -> str:
    return text.partition("</header>")[2]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("place", ["output", "markdown", "stream", "error"])
def test_nothing_in_a_notebook_becomes_active(hostile: str, place: str) -> None:
    cells = {
        "output": code("1", shown(text_html=hostile)),
        "markdown": {"cell_type": "markdown", "id": "m", "metadata": {}, "source": hostile},
        "stream": code("1", {"output_type": "stream", "name": "stdout", "text": hostile}),
        "error": code("1", {"output_type": "error", "ename": "E", "evalue": hostile, "traceback": [hostile]}),
    }
    drawn = body_of(page(executed(cells[place]), title="t", facts=[])).lower()
    tags = [part.partition(">")[0] for part in drawn.split("<")[1:]]  # escaped text has no tags
    assert not [tag for tag in tags if any(word in f"<{tag}" for word in ACTIVE)]


def test_title_and_facts_are_escaped_and_parameters_stand_on_top() -> None:
    made = page(executed(code("secret_source()")), title="<b>t", facts=parameters_of({"month": "<i>", "n": 2}))
    assert "<title>&lt;b&gt;t</title>" in made
    assert "<dt>month</dt><dd>&quot;&lt;i&gt;&quot;</dd><dt>n</dt><dd>2</dd>" in made
    assert made.index("<dt>month") < made.index("</header>")


def test_code_is_hidden_unless_it_is_asked_for_and_outputs_are_not() -> None:
    text = executed(code("x = compute()", shown(text_html="<table><tr><td>42</td></tr></table>")))
    assert "compute" not in page(text, title="t", facts=[])
    assert "<td>42</td>" in page(text, title="t", facts=[])
    assert "compute" in page(text, title="t", facts=[], code=True)


def test_pictures_are_kept_and_a_drawing_is_a_picture_too() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    data = {"image/svg+xml": drawing}
    vector = code("p", {"output_type": "display_data", "metadata": {}, "data": data})
    drawn = body_of(page(executed(vector, code("q", shown(image_png="iVBORw0KGgo="))), title="t", facts=[]))
    assert 'src="data:image/svg+xml;base64,' in drawn
    assert "data:image/png;base64,iVBORw0KGgo=" in drawn
    assert "<svg" not in drawn


def test_what_is_no_notebook_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        page("{]", title="t", facts=[])
    assert refusal.value.code == "notebook.not-a-notebook"
