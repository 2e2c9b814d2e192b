"""What a proposal does not promise by itself, because only a person can know: advice with its reason."""

from __future__ import annotations

import re

from mesh_workbench.contracts.proposed import Proposed

_PERSONAL = {
    "email": "an e-mail address", "mail": "an e-mail address", "phone": "a telephone number",
    "mobile": "a telephone number", "surname": "a person's name", "firstname": "a person's name",
    "lastname": "a person's name", "birthday": "a date of birth", "birthdate": "a date of birth",
    "dob": "a date of birth", "iban": "a bank account", "ssn": "a social security number",
    "passport": "a passport", "salary": "a salary",
}  # fmt: skip
_PAIRS = {
    ("first", "name"): "a person's name", ("last", "name"): "a person's name", ("full", "name"): "a person's name",
    ("family", "name"): "a person's name", ("birth", "date"): "a date of birth",
    ("date", "birth"): "a date of birth", ("home", "address"): "where somebody lives",
}  # fmt: skip
_CHANGED = ("updated", "modified", "changed", "loaded", "ingested", "created", "inserted", "timestamp")


def suggestions(port: str, columns: list[Proposed]) -> dict[str, str]:
    """Advice by place: `port.column.classification` and `port.freshness`."""
    found = {}
    for column in columns:
        reason = _personal(column)
        if reason:
            found[f"{port}.{column.profile.name}.classification"] = f"confidential: {reason}"
    moments = [
        column
        for column in columns
        if column.required and column.profile.type.family in ("timestamp", "timestamptz", "date")
    ]
    named = [column for column in moments if set(_words(column.profile.name)) & set(_CHANGED)]
    fresh = named[0] if named else moments[0] if len(moments) == 1 else None
    if fresh:
        name = fresh.profile.name
        why = "is named like the moment of a change" if named else "is the only column of moments"
        found[f"{port}.freshness"] = f"{name}: it {why}, and is never empty"
    return found


def _personal(column: Proposed) -> str:
    if column.format and column.format.says == "email":
        return "it holds e-mail addresses"
    words = _words(column.profile.name)
    for word in words:
        if word in _PERSONAL:
            return f"it is named like {_PERSONAL[word]}"
    for (first, second), what in _PAIRS.items():
        if first in words and second in words[words.index(first) :]:
            return f"it is named like {what}"
    return ""


def _words(name: str) -> list[str]:
    """`birthDate`, `birth_date` and `birth-date` as birth, date."""
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
