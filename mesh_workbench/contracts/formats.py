"""Formats that all texts of a column have, as far as the data shows: a look at a few values, then at all of them."""

# ruff: noqa: S608 - identifiers are quoted, expressions bound
from __future__ import annotations

import re
from dataclasses import dataclass

from mesh_workbench.contracts.database import CANDIDATE, Database
from mesh_workbench.contracts.rules.text_format import FORMATS
from mesh_workbench.engine.session import quoted

FEWEST = 20
"""Values below which a common format may well be chance."""
_FIRST = 200
_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
).split()
_CURRENCIES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB "
    "RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
    "UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
).split()


@dataclass(frozen=True)
class Format:
    """A format: which option promises it, and what has it.

    `expression` is at least as strict as what the option promises, so that what is proposed holds. `words` must be in
    the column's name where the values alone say too little.
    """

    name: str
    option: str
    says: str
    expression: str
    words: tuple[str, ...] = ()


KNOWN = (
    Format("e-mail addresses", "format", "email", FORMATS["email"].replace(r")*$", r")+$")),
    Format("UUIDs", "format", "uuid", FORMATS["uuid"]),
    Format("IPv4 addresses", "format", "ipv4", FORMATS["ipv4"]),
    Format("IPv6 addresses", "format", "ipv6", FORMATS["ipv6"]),
    Format("URLs", "format", "uri", FORMATS["uri"].replace("^[A-Za-z][A-Za-z0-9+.-]*:", "^https?://", 1)),
    Format("ISO 3166 country codes", "pattern", "^[A-Z]{2}$", f"^(?:{'|'.join(_COUNTRIES)})$", ("country", "nation")),
    Format("ISO 4217 currency codes", "pattern", "^[A-Z]{3}$", f"^(?:{'|'.join(_CURRENCIES)})$", ("currency",)),
)


def formats_of(database: Database, names: list[str]) -> dict[str, Format]:
    """The format that every text in a column has, for those of the columns (of texts) that have one."""
    possible: list[tuple[str, Format]] = []
    for name in names:
        first = database.rows(f"SELECT {quoted(name)} FROM {CANDIDATE} WHERE {quoted(name)} IS NOT NULL LIMIT {_FIRST}")
        values = [str(row[0]) for row in first]
        for known in KNOWN if values else ():
            named = not known.words or any(word in name.lower() for word in known.words)
            if named and all(re.search(known.expression, value) for value in values):
                possible.append((name, known))
                break
    if not possible:
        return {}
    asked = ", ".join(f"bool_and(regexp_matches({quoted(name)}, ?))" for name, _ in possible)
    row = database.rows(f"SELECT {asked} FROM {CANDIDATE}", [known.expression for _, known in possible])[0]
    return {name: known for (name, known), holds in zip(possible, row, strict=True) if holds is True}
