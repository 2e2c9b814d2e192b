"""Java's patterns for dates and times (`yyyy-MM-dd'T'HH:mm:ss`), as ODCS uses them, turned into what can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_TWO = {"MM": "(?:0[1-9]|1[0-2])", "dd": "(?:0[1-9]|[12][0-9]|3[01])", "HH": "(?:[01][0-9]|2[0-3])",
        "hh": "(?:0[1-9]|1[0-2])", "kk": "(?:0[1-9]|1[0-9]|2[0-4])", "KK": "(?:0[0-9]|1[01])", "mm": "[0-5][0-9]",
        "ss": "[0-5][0-9]"}  # fmt: skip
_ONE = {"M": "(?:1[0-2]|[1-9])", "d": "(?:[12][0-9]|3[01]|[1-9])", "H": "(?:1[0-9]|2[0-3]|[0-9])",
        "h": "(?:1[0-2]|[1-9])", "k": "(?:1[0-9]|2[0-4]|[1-9])", "K": "(?:1[01]|[0-9])", "m": "[1-5]?[0-9]",
        "s": "[1-5]?[0-9]"}  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_OFFSET = {"X": "(?:Z|[+-][0-9]{2}(?:[0-9]{2})?)", "XX": "(?:Z|[+-][0-9]{4})", "XXX": "(?:Z|[+-][0-9]{2}:[0-9]{2})",
           "x": "[+-][0-9]{2}(?:[0-9]{2})?", "xx": "[+-][0-9]{4}", "xxx": "[+-][0-9]{2}:[0-9]{2}",
           "Z": "[+-][0-9]{4}", "ZZ": "[+-][0-9]{4}", "ZZZ": "[+-][0-9]{4}", "ZZZZ": "GMT(?:[+-][0-9]{2}:[0-9]{2})?",
           "ZZZZZ": "(?:Z|[+-][0-9]{2}:[0-9]{2})"}  # fmt: skip
_WORDS = {"a": "(?:AM|PM|am|pm)", "G": "(?:AD|BC)", "VV": "[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*"}
_STRPTIME = {"MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "M": "%-m", "d": "%-d", "yyyy": "%Y",
             "uuuu": "%Y", "MMM": "%b", "MMMM": "%B"}  # fmt: skip
_DATE_LETTERS, _TIME_LETTERS, _ZONE_LETTERS = (
    frozenset("GuyYQqMLwWdDFEec"),
    frozenset("ahHkKmsSAnN"),
    frozenset("VzOXxZ"),
)


_QUOTED = re.compile("'((?:[^']|'')*)'(?!')")


class NotAPattern(ValueError):
    """The text says why it is none."""


@dataclass(frozen=True)
class JavaPattern:
    """`regex` matches the whole of a text written so; `day` reads its calendar day where strptime can, else is empty.

    `date`, `time` and `zone` tell of which of them it speaks.
    """

    regex: str
    day: tuple[str, ...]
    date: bool
    time: bool
    zone: bool


def read(pattern: str) -> JavaPattern:
    """The pattern, understood. Raises NotAPattern."""
    forms = [list(_tokens(form)) for form in _forms(pattern)]
    letters = {token[0] for form in forms for token, literal in form if not literal}
    regex = "|".join("".join(re.escape(t) if literal else _regex(t) for t, literal in form) for form in forms)
    days = []
    for form in forms:
        spelled = [t.replace("%", "%%") if literal else _STRPTIME.get(t, "") for t, literal in form]
        if all(spelled):
            days.append("".join(spelled))
    complete = len(days) == len(forms)
    return JavaPattern(
        f"^(?:{regex})$",
        tuple(days) if complete else (),
        bool(letters & _DATE_LETTERS),
        bool(letters & _TIME_LETTERS),
        bool(letters & _ZONE_LETTERS),
    )


def _forms(pattern: str) -> Iterator[str]:
    """Every spelling that optional parts in brackets allow."""
    if len(pattern) > 200:
        raise NotAPattern("it is longer than 200 characters")
    parts = re.split(r"(\[[^\[\]]*\])", pattern)
    if any(("[" in part or "]" in part) for part in parts[::2]) or len(parts) > 13:
        raise NotAPattern("its brackets do not match")
    choices = [(part,) if index % 2 == 0 else (part[1:-1], "") for index, part in enumerate(parts)]
    yield from dict.fromkeys("".join(chosen) for chosen in product(*choices))


def _tokens(form: str) -> Iterator[tuple[str, bool]]:
    """Parts of the pattern, each with whether it stands for itself."""
    position = 0
    while position < len(form):
        character = form[position]
        if character == "'":
            quoted = _QUOTED.match(form, position)
            if quoted is None:
                raise NotAPattern("a quote is not closed")
            yield quoted[1].replace("''", "'") or "'", True
            position = quoted.end()
        elif character.isascii() and character.isalpha():
            end = position
            while end < len(form) and form[end] == character:
                end += 1
            yield form[position:end], False
            position = end
        elif character in "{}#":
            raise NotAPattern(f"{character} is reserved")
        else:
            yield character, True
            position += 1


def _regex(token: str) -> str:
    letter, length = token[0], len(token)
    found = _TWO.get(token) or _ONE.get(token) or _OFFSET.get(token) or _WORDS.get(token)
    if found:
        return found
    if letter in "yuY" and length <= 6:
        return "[0-9]{2}" if length == 2 else "[0-9]{4}" if length in (1, 4) else f"[0-9]{{{length}}}"
    if letter in "ML" and 3 <= length <= 4:
        return f"(?:{'|'.join(name if length == 4 else name[:3] for name in _MONTHS)})"
    if letter in "Ee" and length <= 4:
        return f"(?:{'|'.join(name if length == 4 else name[:3] for name in _DAYS)})"
    if letter in "SnNA" and length <= 9:
        return f"[0-9]{{{length}}}" if letter == "S" else "[0-9]{1,18}"
    if token in ("D", "DDD", "w", "ww", "W", "Q", "q", "F", "e", "c"):
        return f"[0-9]{{{length}}}" if length > 1 else "[0-9]{1,3}"
    if letter in "zO" and length <= 4:
        return "[A-Za-z]{1,5}(?:[+-][0-9:]+)?"
    raise NotAPattern(f"{token} stands for nothing")
