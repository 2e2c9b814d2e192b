"""What changed in the options of a type: bounds, lengths, formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, DecimalException
from typing import Literal

from pydantic import JsonValue

from mesh_workbench.contracts.difference.bounds import of_bounds
from mesh_workbench.contracts.difference.change import Change, Grade
from mesh_workbench.contracts.difference.patterns import of_pattern
from mesh_workbench.contracts.odcs import Property
from mesh_workbench.contracts.rules.text_format import FORMATS

Shift = Literal["wider", "narrower", "same", "other"]
_UPPER = ("maxLength", "maxItems", "maxProperties")
_LOWER = ("minLength", "minItems", "minProperties")
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_NOTHING = {"defaultTimezone": "Etc/UTC", "minLength": 0, "minItems": 0, "minProperties": 0}
"""What an option says when it is left out."""
_SAID: dict[Shift, tuple[Grade, str]] = {
    "wider": ("breaking", "widens"), "narrower": ("compatible", "narrows"), "same": ("wording", "rewrites"),
    "other": ("breaking", "changes"),
}  # fmt: skip


def of_options(name: str, old: Property, new: Property) -> Iterator[Change]:
    """What lets new values through breaks consumers; so does what cannot be compared."""
    before, after = (
        {
            key: value
            for key, value in (one.logical_type_options or {}).items()
            if value is not None and value is not False
        }
        for one in (old, new)
    )
    yield from of_bounds(name, (old.logical_type, before), (new.logical_type, after))
    for option in dict.fromkeys((*before, *after)):
        was, now = before.get(option), after.get(option)
        if was == now or option in _BOUNDS:
            continue
        if was is None:
            yield _added(name, option, now)
        elif now is None:
            gone: Grade = "wording" if was == _NOTHING.get(option) else "breaking"
            yield Change(gone, f"{name} no longer promises {option} {_shown(was)}")
        elif option == "pattern":
            yield of_pattern(name, option, str(was), str(now))
        elif option == "format" and was in FORMATS and now in FORMATS:
            yield of_pattern(name, option, str(was), str(now), FORMATS)
        else:
            grade, verb = _SAID[_shift(option, was, now)]
            yield Change(grade, f"{name} {verb} {option} from {_shown(was)} to {_shown(now)}")


def _added(name: str, option: str, now: JsonValue) -> Change:
    if now == _NOTHING.get(option):
        return Change("wording", f"{name} says {option} {_shown(now)}, as it is without")
    width = _width(now) if option == "format" else None
    if width and not _within(width, (-(2**31), 2**31 - 1)):
        return Change(
            "warning", f"{name} says that it may need {now}; the standard takes whole numbers that say nothing for i32"
        )
    return Change("compatible", f"{name} promises {option} {_shown(now)}")


def _shift(option: str, was: JsonValue, now: JsonValue) -> Shift:
    """Whether the new option lets more through."""
    if option in (*_UPPER, *_LOWER):
        numbers = [_decimal(was), _decimal(now)]
        if numbers[0] is None or numbers[1] is None:
            return "other"
        return "same" if numbers[0] == numbers[1] else _wider((numbers[1] > numbers[0]) == (option in _UPPER))
    if option == "multipleOf":
        return _step(_decimal(was), _decimal(now))
    if option == "format":
        return _of_width(str(was), str(now))
    if option == "required" and isinstance(was, list) and isinstance(now, list):
        fields = {str(field) for field in was}, {str(field) for field in now}
        return "same" if fields[0] == fields[1] else _one_way(fields[1] < fields[0], fields[0] < fields[1])
    return "other"


def _wider(yes: bool) -> Shift:
    return "wider" if yes else "narrower"


def _one_way(wider: bool, narrower: bool) -> Shift:
    return "wider" if wider else "narrower" if narrower else "other"


def _step(was: Decimal | None, now: Decimal | None) -> Shift:
    """A multiple of 10 is one of 5 too."""
    if not was or not now:
        return "other"
    return "same" if was == now else _one_way(was % now == 0, now % was == 0)


def _of_width(was: str, now: str) -> Shift:
    floats = [re.fullmatch(r"f(32|64)", text) for text in (was, now)]
    if floats[0] and floats[1]:
        return _wider(int(floats[1][1]) > int(floats[0][1]))
    widths = _width(was), _width(now)
    if widths[0] is None or widths[1] is None:
        return "other"
    return _one_way(_within(widths[0], widths[1]), _within(widths[1], widths[0]))


def _width(text: JsonValue) -> tuple[int, int] | None:
    """The least and the greatest number of a format such as i32."""
    match = re.fullmatch(r"([iu])(8|16|32|64|128)", str(text))
    if match is None:
        return None
    bits = int(match[2])
    return (0, 2**bits - 1) if match[1] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _decimal(value: JsonValue) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return Decimal(str(value))
    except DecimalException:
        return None


def _shown(value: JsonValue) -> str:
    return (
        ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower() if value is True else str(value)
    )
