"""Formats that all texts of a column have: looked for in the first and the last of them in order, then in all."""

# ruff: noqa: S608 - identifiers are quoted, expressions bound
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mesh_workbench.contracts.column_names import words_of
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.iso_codes import COUNTRIES, COUNTRIES_OF_3, CURRENCIES, LANGUAGES
from mesh_workbench.contracts.profile import ColumnProfile
from mesh_workbench.contracts.rules.text_format import FORMATS
from mesh_workbench.contracts.views import CANDIDATE
from mesh_workbench.engine.session import quoted

_DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_MOMENT = f"^{_DAY}[T ]{_TIME}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?$"


@dataclass(frozen=True)
class Format:
    """A format: which option promises it, and what has it.

    `expression` is at least as strict as what the option promises, so that what is proposed holds. `words` must be in
    the column's name where the values alone say too little. `holds` is the logical type that such texts should have.
    """

    name: str
    option: str
    says: str
    expression: str
    words: tuple[str, ...] = ()
    holds: str = ""


def _one_of(codes: Sequence[str]) -> str:
    return f"^(?:{'|'.join(codes)})$"


KNOWN = (
    Format("e-mail addresses", "format", "email", FORMATS["email"].replace(r")*$", r")+$")),
    Format("UUIDs", "format", "uuid", FORMATS["uuid"]),
    Format("IPv4 addresses", "format", "ipv4", FORMATS["ipv4"]),
    Format("IPv6 addresses", "format", "ipv6", FORMATS["ipv6"]),
    Format("URLs", "format", "uri", FORMATS["uri"].replace("^[A-Za-z][A-Za-z0-9+.-]*:", "^https?://", 1)),
    Format("dates", "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", f"^{_DAY}$", holds="date"),
    Format("points in time", "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", _MOMENT, holds="timestamp"),
    Format("ISO 3166 country codes", "pattern", "^[A-Z]{2}$", _one_of(COUNTRIES), ("country", "nation")),
    Format("ISO 3166 country codes", "pattern", "^[A-Z]{3}$", _one_of(COUNTRIES_OF_3), ("country", "nation")),
    Format("ISO 4217 currency codes", "pattern", "^[A-Z]{3}$", _one_of(CURRENCIES), ("currency", "ccy")),
    Format("ISO 639 language codes", "pattern", "^[a-z]{2}$", _one_of(LANGUAGES), ("language", "lang", "locale")),
)


def formats_of(database: Database, texts: Sequence[ColumnProfile]) -> dict[str, Format]:
    """The format that every text in a column has, for those of the columns (of texts) that have one."""
    possible = [
        (one.name, known)
        for one in texts
        for known in KNOWN
        if _is_named_so(one.name, known) and all(re.search(known.expression, text) for text in (one.first, one.last))
    ]
    if not possible:
        return {}
    asked = ", ".join(f"bool_and(regexp_matches({quoted(name)}, ?))" for name, _ in possible)
    row = database.rows(f"SELECT {asked} FROM {CANDIDATE}", [known.expression for _, known in possible])[0]
    holding = [one for one, holds in zip(possible, row, strict=True) if holds is True]
    return dict(reversed(holding))  # the first of several


def _is_named_so(name: str, known: Format) -> bool:
    return not known.words or not set(known.words).isdisjoint(words_of(name))
