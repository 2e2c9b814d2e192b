"""Text without secrets: finds each in the forms that it takes when a program shows it.

Those are the text itself, its longer lines, and what escaping (Python, JSON, HTML, URL) and encoding (base64 at every
alignment, hexadecimal) make of it. White space and colour codes between the characters do not hide it: it is found in
wrapped, indented and coloured text too.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

MASK = "•••"
SHORTEST = 4
"""Characters that a secret must have at least to be masked: hiding every `7` would tell more than it hides."""
_SKIPPED = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\s+")
_PERCENT = re.compile(r"%[0-9A-F]{2}")


class Masker:
    """Knows secrets, and masks them."""

    def __init__(self) -> None:
        self.secrets: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self._longest = 0

    def add(self, secret: str) -> None:
        """Mask this one, too."""
        if len(_squeezed(secret)) >= SHORTEST and secret not in self.secrets:
            self.secrets |= {secret}
            squeezed = {_squeezed(form) for form in _forms_of(secret)}
            self._forms = tuple({*self._forms, *(form for form in squeezed if len(form) >= SHORTEST)})
            self._longest = max(map(len, self._forms))

    def mask(self, text: str) -> str:
        """`text` with every secret in it replaced."""
        end, parts = 0, []
        for begin, after in self._spans(text):
            parts += [text[end:begin], MASK]
            end = after
        return "".join([*parts, text[end:]]) if parts else text

    def mask_bytes(self, data: bytes) -> bytes:
        """`data` of the same length, in which no secret stands as it is."""
        for secret in self.secrets:
            plain = secret.encode("utf-8", "surrogatepass")
            data = data.replace(plain, b"*" * len(plain))
        return data

    def mask_all(self, value: object) -> object:
        """The JSON value with every text in it masked, names included; the same object where there is none."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self.mask_all(name): self.mask_all(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.mask_all(one) for one in value]
        if isinstance(value, bytes):
            return self.mask_bytes(value)
        return value

    def split(self, text: str) -> tuple[str, str]:
        """What can be shown of `text` now, masked, and the rest, which more text could make a secret of."""
        spans = list(self._spans(text))
        cut = self._open_end(text)
        cut = next((begin for begin, after in spans if begin < cut < after), cut)
        return self.mask(text[:cut]), text[cut:]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where secrets stand in `text`, in order and apart."""
        squeezed = _squeezed(text)
        found = [form for form in self._forms if form in squeezed]
        if not found:
            return
        where = _kept(text)
        places = sorted((where[at], where[at + len(form) - 1] + 1) for form in found for at in _places(form, squeezed))
        begin, after = places[0]
        for next_begin, next_after in places[1:]:
            if next_begin > after:
                yield begin, after
                begin = next_begin
            after = max(after, next_after)
        yield begin, after

    def _open_end(self, text: str) -> int:
        """Where the longest end of `text` begins that is the beginning of a secret."""
        base = max(0, len(text) - 8 * self._longest)
        where = _kept(text[base:])
        tail = "".join(text[base + index] for index in where[-self._longest :])
        for length in range(min(len(tail), self._longest - 1), 0, -1):
            end = tail[-length:]
            if any(form.startswith(end) for form in self._forms):
                return base + where[-length]
        return len(text)


def _squeezed(text: str) -> str:
    return _SKIPPED.sub("", text)


def _kept(text: str) -> list[int]:
    """Index in `text` of each character that is left of it when it is squeezed."""
    kept: list[int] = []
    end = 0
    for skipped in _SKIPPED.finditer(text):
        kept += range(end, skipped.start())
        end = skipped.end()
    kept += range(end, len(text))
    return kept


def _places(form: str, text: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _forms_of(secret: str) -> set[str]:
    lines = [line.strip() for line in secret.splitlines()]
    plain = {secret, *(line for line in lines if len(line) >= 2 * SHORTEST)}
    data = secret.encode("utf-8", "surrogatepass")
    escaped = {html.escape(secret), html.escape(secret, quote=False), repr(secret)[1:-1], repr(data)[2:-1]}
    for text in plain:
        escaped |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    twice = {json.dumps(text)[1:-1] for text in escaped}
    in_urls = {quote(data), quote(data, safe=""), quote_plus(data)}
    in_urls |= {_PERCENT.sub(lambda found: found[0].lower(), text) for text in in_urls}
    return plain | escaped | twice | in_urls | {data.hex(), data.hex().upper()} | set(_base64(data))


def _base64(data: bytes) -> Iterator[str]:
    """The characters that stand for `data` alone, wherever it begins in what is encoded."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        own = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield own
        yield own.replace("+", "-").replace("/", "_")
