"""What a proposal does not promise by itself, because only a person can know: advice with its reason."""

from __future__ import annotations

from mesh_workbench.contracts.column_names import words_of
from mesh_workbench.contracts.proposed import Proposed

_TEXTS = ("string",)
_NUMBERS = ("integer", "decimal", "float")
_DATES = ("date", "timestamp", "timestamptz", "string")
_PERSONAL: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("an e-mail address", ("email", "mail"), _TEXTS),
    ("a telephone number", ("phone", "telephone", "mobile", "msisdn", "fax"), ("string", "integer")),
    ("a person's name", ("surname", "firstname", "lastname", "fullname", "username", "first name", "last name",
                         "full name", "family name", "given name", "middle name", "user name"), _TEXTS),
    ("a date of birth", ("birthday", "birthdate", "dob", "birth date", "date birth"), _DATES),
    ("where somebody lives", ("street", "home address", "postal address"), _TEXTS),
    ("a bank account", ("iban", "bank account", "account number"), ("string", "integer")),
    ("a payment card", ("card number", "creditcard", "pan", "cvv", "cvc"), ("string", "integer")),
    ("a number that a state gives to a person", ("ssn", "social security", "national id", "tax id", "passport",
                                                 "license number", "licence number"), ("string", "integer")),
    ("what somebody earns", ("salary", "wage", "wages"), _NUMBERS),
    ("a trait that the law protects", ("gender", "religion", "ethnicity", "nationality", "diagnosis", "disability"),
     _TEXTS),
)  # fmt: skip
"""What it is, words that a name has side by side or apart, and families of types that may hold it."""
_SECRET = ("password", "passwd", "secret", "token", "api key", "private key", "pin code")
_CHANGED = ("updated", "modified", "changed", "loaded", "ingested", "inserted", "created", "timestamp")
"""What tells best when a row was last changed comes first."""


def suggestions(port: str, columns: list[Proposed]) -> dict[str, str]:
    """Advice by place: `port.column.classification`, `port.column.logicalType` and `port.freshness`."""
    found = {}
    for column in columns:
        place = f"{port}.{column.profile.name}"
        advice = _classification(column)
        if advice:
            found[f"{place}.classification"] = advice
        if column.format and column.format.holds:
            found[f"{place}.logicalType"] = f"{column.format.holds}: it holds {column.format.name} as text"
    return found | _freshness(port, columns)


def _freshness(port: str, columns: list[Proposed]) -> dict[str, str]:
    moments = [
        column
        for column in columns
        if column.required and column.profile.type.family in ("timestamp", "timestamptz", "date")
    ]
    named = [column for word in _CHANGED for column in moments if word in words_of(column.profile.name)]
    fresh = named[0] if named else moments[0] if len(moments) == 1 else None
    if fresh is None:
        return {}
    why = "is named like the moment of a change" if named else "is the only column of moments"
    return {f"{port}.freshness": f"{fresh.profile.name}: it {why}, and is never empty"}


def _classification(column: Proposed) -> str:
    if column.format and column.format.says == "email":
        return "confidential: it holds e-mail addresses"
    if column.format and column.format.says in ("ipv4", "ipv6"):
        return "confidential: it holds IP addresses, which may lead to a person"
    family, words = column.profile.type.family, words_of(column.profile.name)
    if family in ("string", "blob") and _speaks_of(words, _SECRET):
        return "restricted: it is named like something to sign in with"
    for what, names, families in _PERSONAL:
        if family in families and _speaks_of(words, names):
            return f"confidential: it is named like {what}"
    return ""


def _speaks_of(words: list[str], names: tuple[str, ...]) -> bool:
    """Whether all words of one of the names are there, in their order."""
    for name in names:
        rest = iter(words)
        if all(part in rest for part in name.split()):
            return True
    return False
