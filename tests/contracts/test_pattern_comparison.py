"""Which of two regular expressions lets more texts through: compared with the engine, text by text."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts.pattern_comparison import Comparison, compare

SHORT = ["".join(many) for length in range(4) for many in itertools.product("aB_ \n", repeat=length)] + ["é", "aé", "K"]
ATOMS = st.sampled_from(
    ["a", "B", "_", " ", "\\n", ".", "\\w", "\\d", "\\s", "\\W", "\\S", "\\D", "[aB]", "[^a]", "[a-z]", "[^\\w\\n]",
     "[\\s_]", "^", "$", "\\b", "\\B", "\\A", "(?:)", "(?i:a)", "(?i:[^b])", "(?s:.)", "(?m:^)", "(?m:$)", "é", "[^é]"]
)  # fmt: skip
ASKED = """SELECT text, regexp_matches(text, old), regexp_matches(text, new)
           FROM texts, unnest([?]) AS one(old), unnest([?]) AS two(new)"""
"""Expressions in rows, because DuckDB 2.0 makes suffix(text, 'a') of the constant `a(?:)`."""
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0}"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def texts() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE texts (text VARCHAR)")
    connection.executemany("INSERT INTO texts VALUES (?)", [[text] for text in SHORT])
    yield connection
    connection.close()


@settings(max_examples=150, deadline=None)
@given(old=PATTERNS, new=PATTERNS)
@example(old="^$", new="")
@example(old="a$", new="a\\b")
@example(old="(?i)k", new="[kK]")
def test_the_comparison_is_what_the_engine_says_of_every_short_text(
    texts: duckdb.DuckDBPyConnection, old: str, new: str
) -> None:
    found = compare(old, new)
    assert not found.undecided
    told = texts.execute(ASKED, [old, new]).fetchall()
    if found.gained is None:
        assert [text for text, was, now in told if now and not was] == [], (old, new)
    if found.lost is None:
        assert [text for text, was, now in told if was and not now] == [], (old, new)
    for text, takes in ((found.gained, (False, True)), (found.lost, (True, False))):
        if text is not None:
            assert texts.execute(ASKED.replace("texts", "(SELECT ? AS text)"), [text, old, new]).fetchall() == [
                (text, *takes)
            ]


@pytest.mark.parametrize(
    ("old", "new", "gained", "lost"),
    [
        ("[0-9]+", r"\d+", None, None),
        ("^(?:yes|no)$", "^(no|yes)$", None, None),
        ("^[0-9]{5}$", "^[0-9]{5}(-[0-9]{4})?$", "00000-0000", None),
        ("^[A-Z]{2}$", "^(?:DE|FR)$", None, "AA"),
        ("^a$", "a", "aa", None),
        (r"^[^@]+@[^@]+$", r"^[^@]+@[^@]+\.[a-z]{2,}$", None, "a@a"),
        ("^[a-m]+$", "^[g-z]+$", "n", "a"),
        ("^(?<year>[0-9]{4})$", "^[0-9]{4}$", None, None),
    ],
)
def test_the_shortest_texts_that_make_the_difference_are_told(
    old: str, new: str, gained: str | None, lost: str | None
) -> None:
    assert compare(old, new) == Comparison(gained, lost)


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", r"(a)\1", "([", "a{,3}", "[[:alpha:]]", r"\p{L}", "(?x) a", "(?i)é", "x" * 3000, "(" * 600 + ")" * 600,
     "((a{1,100}){1,100}){1,100}", "(?>a)b", "a++", "^(a|b)*a(a|b){20}$"],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(pattern: str) -> None:
    assert compare(pattern, "^[ab]+$").undecided
    assert compare("^[ab]+$", pattern).undecided


HOSTILE = [
    "|".join(f"[{chr(0x4E00 + 7 * n)}-{chr(0x4E03 + 7 * n)}]x" for n in range(220)),
    "[" + "".join(chr(0x4E00 + 2 * n) for n in range(1900)) + "]*a",
    "^(?:" + "|".join(f"[{chr(0x4E00 + 5 * n)}-{chr(0x4E28 + 5 * n)}]*" for n in range(150)) + ")*$",
    "(?:a|b|ab)*c(?:a|b|c){12}d", "((((a*)*)*)*)*$", "^(?:(?:a?){30}){30}$", "^(a|aa|aaa|aaaa)*b{0,200}$",
    r"\b(?:\w+\s?){1,60}\b", "(x+x+)+y", "^(?:.*,){40}", "(?:a{0,40}b){0,40}", "^" + "(?:a|b)?" * 200 + "$",
    r"(?:\b|a)*(?:\B|b)*" * 90, "[^a]{900}", ".*" * 600, "(?:.*a){30}", "(a+)+$", "(.*)*" * 300, "(" * 500 + ")" * 500,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_expressions_come_to_an_end_at_once(number: int) -> None:
    began = time.process_time()
    for other in (HOSTILE[number], HOSTILE[number - 1], "^a$"):
        compare(HOSTILE[number], other)
    assert time.process_time() - began < 3  # it takes a tenth of that; without a budget it would take for ever
