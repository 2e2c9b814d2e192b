"""A secret is found in every form that it takes in text, whole or in pieces, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_workbench.secrets.masking import MASK, SHORTEST, Masker

ODD = 'pa"ss\\wö<rd> &/+1é'
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nq83vEjRWeJASNFZ4kBI0\n-----END KEY-----"


def masker(*secrets: str) -> Masker:
    made = Masker()
    for secret in secrets:
        made.add(secret)
    return made


@pytest.mark.parametrize(
    "shown",
    [
        ODD,
        repr(ODD)[1:-1],
        repr(ODD.encode())[2:-1],
        json.dumps(ODD)[1:-1],
        json.dumps(ODD, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(ODD))[3:-3],
        html.escape(ODD),
        quote(ODD),
        quote(ODD, safe=""),
        quote(ODD, safe="").lower(),
        quote_plus(ODD),
        ODD.encode().hex(),
        ODD.encode().hex().upper(),
        "\n  ".join(ODD),
        "\x1b[31m".join(ODD),
    ],
)
def test_a_secret_is_masked_however_it_is_written(shown: str) -> None:
    assert masker(ODD).mask(f"before {shown} after") == f"before {MASK} after"


@pytest.mark.parametrize("user", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
def test_a_secret_is_masked_inside_of_what_is_encoded_in_base64(user: str, encode: object) -> None:
    assert callable(encode)
    shown = encode(f"{user}{ODD}:rest".encode()).decode()
    before, after = "".join(masker(ODD).mask(shown).split()).split(MASK)
    assert len(before) <= -(-len(user) * 8 // 6), "no more is left than what its neighbours are part of"
    assert len(after) <= len(base64.b64encode(b":rest")) + 4


def test_the_lines_of_a_key_are_masked_one_by_one() -> None:
    masked = masker(KEY).mask("\n".join(f"> {line}" for line in KEY.splitlines()))
    assert not any(line in masked for line in KEY.splitlines())


def test_what_is_not_secret_stays_as_it_is() -> None:
    known = masker("s3cr3t-value", "x" * (SHORTEST - 1), "   ")
    text = "xxxx  s3cr3t-valu \n s3cr3t value"
    assert known.mask(text) is text
    assert known.mask_all({"a": [1, None, text, True], "n": 2.5}) == {"a": [1, None, text, True], "n": 2.5}


def test_names_values_and_bytes_are_masked() -> None:
    known = masker("s3cr3t-value")
    assert known.mask_all({"s3cr3t-value": ["s3cr3t-value", {"b": b"_s3cr3t-value_"}]}) == {
        MASK: [MASK, {"b": b"_************_"}]
    }


def test_secrets_that_overlap_are_masked_together() -> None:
    assert masker("abcdef", "defghi").mask("_abcdefghi_") == f"_{MASK}_"


@given(st.lists(st.sampled_from(["s3cr", "3t-va", "lue", "s", "abcd", "\n", "efgh", "cdXYZ ", "s3cr3t-value", "-"])))
def test_text_in_pieces_shows_no_secret(pieces: list[str]) -> None:
    known = masker("s3cr3t-value", "abcd", "abcdefgh", "cdXYZ")
    shown, held = "", ""
    for piece in pieces:
        now, held = known.split(held + piece)
        shown += now
    shown += known.mask(held)
    squeezed = "".join(shown.split())
    assert not any(secret in squeezed for secret in known.secrets)
    text = "".join(pieces)
    assert shown == text or MASK in shown
