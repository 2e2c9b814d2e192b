"""What people type, turned into values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mesh_workbench.cli import given, show
from mesh_workbench.errors import InvalidInput, NotFound
from mesh_workbench.model.notebook import ParameterSpec

SPECS = [
    ParameterSpec(name="month", type="integer"),
    ParameterSpec(name="share", type="number"),
    ParameterSpec(name="dry", type="boolean"),
    ParameterSpec(name="carriers", type="list"),
    ParameterSpec(name="day", type="date"),
    ParameterSpec(name="free", type="any"),
]


def test_parameters_get_the_types_that_the_notebook_declares():
    texts = given.pairs(["month=3", "share=0.5", "dry=yes", 'carriers=["UA"]', "day=2013-01-01", "free=7", "other=7"])
    assert given.typed(texts, SPECS) == {
        "month": 3,
        "share": 0.5,
        "dry": True,
        "carriers": ["UA"],
        "day": "2013-01-01",
        "free": 7,
        "other": "7",
    }


@pytest.mark.parametrize("text", ["month=March", "share=half", "dry=maybe", "carriers=UA"])
def test_a_value_of_the_wrong_type_names_the_parameter(text):
    with pytest.raises(InvalidInput) as caught:
        given.typed(given.pairs([text]), SPECS)
    assert caught.value.code == "parameter.type"
    assert caught.value.where == f"-p {text.split('=')[0]}"


def test_null_is_a_word_for_what_may_be_null_and_is_no_text():
    specs = [
        ParameterSpec(name="n", type="integer", nullable=True),
        ParameterSpec(name="s", type="string", nullable=True),
    ]
    assert given.typed({"n": "null", "s": "null"}, specs) == {"n": None, "s": "null"}


def test_a_value_may_contain_an_equals_sign():
    assert given.pairs(["url=a=b"]) == {"url": "a=b"}


def test_what_is_no_pair_is_refused():
    with pytest.raises(InvalidInput, match="NAME=VALUE"):
        given.pairs(["month"])


def test_a_moment_without_an_offset_is_utc():
    assert given.moment("2013-03-01", "--slot") == datetime(2013, 3, 1, tzinfo=UTC)
    assert given.moment("2013-03-01T06:00-05:00", "--slot") == datetime(2013, 3, 1, 11, tzinfo=UTC)


def test_what_is_no_moment_is_refused_with_an_example():
    with pytest.raises(InvalidInput) as caught:
        given.moment("next week", "--slot")
    assert caught.value.code == "cli.not-a-time"
    assert "2013-03-01" in caught.value.hint


def test_a_file_that_is_not_there_and_one_that_is_not_text_are_told_apart(tmp_path):
    with pytest.raises(NotFound):
        given.read_text(tmp_path / "nothing.ipynb")
    (tmp_path / "bytes.ipynb").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput) as caught:
        given.read_text(tmp_path / "bytes.ipynb")
    assert caught.value.code == "file.not-text"


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "just now"), (30, "30 s ago"), (600, "10 min ago"), (7200, "2 h ago"), (-7200, "in 2 h")]
)
def test_time_is_told_relative_to_now(seconds, words):
    moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() - seconds, UTC)
    assert show.ago(moment) == words
