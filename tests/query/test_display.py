"""What is shown of a result: bounded, escaped, and the same in text, HTML and Markdown."""

from __future__ import annotations

import re

import pytest

from mesh_workbench.engine.display import Shown, as_html, as_markdown, as_text, facts_markdown

FORMS = [as_text, as_html, as_markdown]


def _shown(*rows: list[object], columns: list[str] | None = None, total: int | None = None) -> Shown:
    names = columns or [f"c{index}" for index in range(len(rows[0]))]
    return Shown(names, ["VARCHAR"] * len(names), rows, total=len(rows) if total is None else total)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_columns_are_capped_and_those_left_out_are_counted(form: object) -> None:
    wide = _shown([f"value {index}" for index in range(500)])
    shown = form(wide)  # type: ignore[operator]
    assert "columns are not shown" in shown
    assert "c0" in shown
    assert "c499" not in shown
    assert len(shown) < 20_000


def test_lines_of_text_stay_within_a_width_that_can_be_read() -> None:
    text = as_text(_shown(["x" * 30] * 12))
    assert max(len(line) for line in text.split("\n")) <= 180
    assert "columns are not shown" in text
    assert as_text(_shown(["x" * 500])).count("…") == 1


@pytest.mark.parametrize("form", FORMS)
def test_all_characters_together_are_bounded_however_many_rows_are_asked_for(form: object) -> None:
    long = _shown(*[["x" * 100_000] * 40 for _ in range(200)])
    shown = form(long)  # type: ignore[operator]
    assert len(shown) < 400_000
    assert " of 200 rows" in shown


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_value_and_the_text_null_differ(form: object) -> None:
    shown = form(_shown([None], ["null"], ["NULL"], ["nullable"]))  # type: ignore[operator]
    quote = "&quot;" if form is as_html else '"'
    assert f"{quote}null{quote}" in shown
    assert f"{quote}NULL{quote}" in shown
    assert f"{quote}nullable" not in shown


def test_types_stand_in_the_head() -> None:
    shown = Shown(["n"], ["DECIMAL(9,2)"], [["1.50"]], total=1)
    assert as_text(shown).split("\n")[1] == "decimal(9,2)"
    assert '<div class="k">decimal(9,2)</div>' in as_html(shown)
    assert as_markdown(shown).split("\n")[:2] == ["| n<br>*decimal(9,2)* |", "| ---: |"]


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "a|b", "![x](http://evil)", "`code`", "*bold*", "# head", "$x$", "\x1b[31m", "a\nb"],
)
def test_markdown_obeys_nothing_in_the_data(hostile: str) -> None:
    shown = as_markdown(_shown([hostile], columns=[hostile]))
    head, _rule, row, *_ = shown.split("\n")
    for line in (head, row):
        assert line.count("|") - line.count("\\|") == 2
        assert "<script" not in line
        bare = re.sub(r"\\.", "", line.replace("<br>*varchar*", ""))  # without what is escaped
        assert not set("`*_[]#$") & set(bare)
        assert "\x1b" not in line
    assert len(facts_markdown(hostile, [(hostile, hostile)]).split("\n")) == 3
