"""Values of rows as JSON."""

from __future__ import annotations

import math
from datetime import date, datetime, time

from pydantic import JsonValue

LONGEST = 200
"""Characters of a text that a sample shows."""


def plain(value: object) -> JsonValue:
    """`value` as JSON: dates as ISO text, binary as hexadecimal, NaN and infinities as words, long text cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return _cut("0x" + value[:LONGEST].hex())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in list(value.items())[:20]}
    if isinstance(value, list | tuple):
        return [plain(item) for item in list(value)[:20]]
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
