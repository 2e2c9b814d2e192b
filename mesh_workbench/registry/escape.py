"""What databases refuse, escaped on the way in and restored on the way out.

PostgreSQL refuses NUL in text, lone surrogates cannot be encoded, and JSON has no NaN or infinity. Values may hold all
of them: a NUL in a traceback, NaN in a row of a check report.

- In text, ESC opens an escape: `ESC 0` is NUL, `ESC e` is ESC itself, `ESC uXXXX` a surrogate.
- A number that JSON lacks becomes `{"$float": "nan"}`; a key that looks like that gets one more `$`.
"""

from __future__ import annotations

import math
import re
from typing import Any

_UNSAFE = re.compile("[\x00\x1b\ud800-\udfff]")
_ESCAPED = re.compile("\x1b(0|e|u[0-9a-f]{4})")
_FLOAT = "$float"
_FLOAT_KEY = re.compile(r"\$+float")


def safe_text(text: str) -> str:
    """`text` as every database takes it."""
    return _UNSAFE.sub(_escape, text) if _UNSAFE.search(text) else text


def plain_text(text: str) -> str:
    """The text that `safe_text` was given."""
    return _ESCAPED.sub(_restore, text) if "\x1b" in text else text


def safe_json(value: Any) -> Any:
    """A JSON-compatible value as every database takes it."""
    match value:
        case str():
            return safe_text(value)
        case float() if not math.isfinite(value):
            return {_FLOAT: repr(value)}
        case dict():
            return {_safe_key(key): safe_json(item) for key, item in value.items()}
        case list():
            return [safe_json(item) for item in value]
        case _:
            return value


def plain_json(value: Any) -> Any:
    """The value that `safe_json` was given."""
    match value:
        case str():
            return plain_text(value)
        case dict():
            if len(value) == 1 and isinstance(value.get(_FLOAT), str):
                return float(value[_FLOAT])
            return {_plain_key(key): plain_json(item) for key, item in value.items()}
        case list():
            return [plain_json(item) for item in value]
        case _:
            return value


def _safe_key(key: str) -> str:
    return safe_text(f"${key}" if _FLOAT_KEY.fullmatch(key) else key)


def _plain_key(key: str) -> str:
    return plain_text(key.removeprefix("$") if _FLOAT_KEY.fullmatch(key) else key)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\x00":
        return "\x1b0"
    if character == "\x1b":
        return "\x1be"
    return f"\x1bu{ord(character):04x}"


def _restore(match: re.Match[str]) -> str:
    escaped = match.group(1)
    if escaped == "0":
        return "\x00"
    if escaped == "e":
        return "\x1b"
    return chr(int(escaped[1:], 16))
