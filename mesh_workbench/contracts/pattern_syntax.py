"""Regular expressions as Python's own parser understands them, read as the engine (RE2) means them.

Classes such as \\w are ASCII, $ is the end of the text, the dot is anything but a line break. What no finite automaton
can do (look-around, back references), and what the parsers read differently, is refused.
"""

from __future__ import annotations

import re
import warnings
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from mesh_workbench.contracts.patterns import in_python

LAST = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]
_LONGEST = 2_000
_AMBIGUOUS = re.compile(r"\{,\d*\}|\[:|\\[pPQEzCR]")
"""What Python and the engine read differently, or only one of them knows."""
_DIGITS: Ranges = ((48, 57),)
WORDS: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES: Ranges = ((9, 10), (12, 13), (32, 32))
BREAKS: Ranges = ((10, 10),)
_FOLDED = {"k": 0x212A, "s": 0x17F}
"""Letters beyond ASCII that are k and s where case does not count."""


class Undecidable(Exception):
    """This expression cannot be compared; the text says why."""


def parsed(pattern: str) -> Any:
    """The syntax tree. Raises Undecidable."""
    if len(pattern) > _LONGEST:
        raise Undecidable(f"it has more than {_LONGEST:,} characters")
    if _AMBIGUOUS.search(pattern):
        raise Undecidable("it has parts that engines read differently")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # of sets that may be read differently one day
            return parser.parse(in_python(pattern))
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        raise Undecidable("it is not a regular expression that is understood here") from error


def known_flags(flags: int) -> int:
    """The flags, when all of them are understood. Raises Undecidable."""
    if flags & ~(re.IGNORECASE | re.DOTALL | re.MULTILINE):
        raise Undecidable("it has flags that engines read differently")
    return flags


def condition_of(place: Any, flags: int) -> str:
    """What an anchor asks of the characters on both sides. Raises Undecidable."""
    lines = bool(flags & re.MULTILINE)
    found = {
        op.AT_BEGINNING: "line start" if lines else "start", op.AT_BEGINNING_STRING: "start",
        op.AT_END: "line end" if lines else "end", op.AT_END_STRING: "end",
        op.AT_BOUNDARY: "boundary", op.AT_NON_BOUNDARY: "no boundary",
    }.get(place)  # fmt: skip
    if found is None:
        raise Undecidable("it has an anchor that is not known here")
    return found


def characters_of(name: Any, value: Any, flags: int) -> Ranges:
    """The characters that one place of the expression takes. Raises Undecidable."""
    if name is op.ANY:
        return ((0, LAST),) if flags & re.DOTALL else without(BREAKS)
    if name is op.LITERAL:
        return _in_any_case(((value, value),), flags)
    if name is op.NOT_LITERAL:
        return without(_in_any_case(((value, value),), flags))
    if name is not op.IN:
        raise Undecidable("it has look-around, back references or the like")
    found: list[tuple[int, int]] = []
    for part, what in value:
        if part is op.LITERAL:
            found.append((what, what))
        elif part is op.RANGE:
            found.append(what)
        elif part is op.CATEGORY:
            found += _category(what)
    ranges = _in_any_case(tuple(found), flags)
    return without(ranges) if value[0][0] is op.NEGATE else ranges


def _category(what: Any) -> Ranges:
    named = {
        op.CATEGORY_DIGIT: _DIGITS, op.CATEGORY_NOT_DIGIT: without(_DIGITS), op.CATEGORY_WORD: WORDS,
        op.CATEGORY_NOT_WORD: without(WORDS), op.CATEGORY_SPACE: _SPACES, op.CATEGORY_NOT_SPACE: without(_SPACES),
    }  # fmt: skip
    return named[what]


def _in_any_case(ranges: Ranges, flags: int) -> Ranges:
    if not flags & re.IGNORECASE:
        return ranges
    if any(high > 127 and (low, high) != (128, LAST) for low, high in ranges):
        raise Undecidable("it ignores the case of letters beyond ASCII")
    letters = [chr(code) for low, high in ranges for code in range(max(low, 65), min(high, 122) + 1)]
    others = [other for letter in letters if letter.isalpha() for other in (letter.lower(), letter.upper())]
    more = [ord(other) for other in others] + [_FOLDED[letter] for letter in others if letter in _FOLDED]
    return ranges + tuple((code, code) for code in more)


def contains(ranges: Ranges, code: int) -> bool:
    """Whether a character is one of these."""
    return any(low <= code <= high for low, high in ranges)


def without(ranges: Ranges) -> Ranges:
    """All characters but these."""
    found, begin = [], 0
    for low, high in sorted(ranges):
        if low > begin:
            found.append((begin, low - 1))
        begin = max(begin, high + 1)
    return (*found, (begin, LAST)) if begin <= LAST else tuple(found)
