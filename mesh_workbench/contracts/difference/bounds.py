"""What changed in the least and the greatest value of a column, inclusive or exclusive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from pydantic import JsonValue

from mesh_workbench.contracts.difference.change import Change

_SIDES = (("lower", "minimum", "exclusiveMinimum"), ("upper", "maximum", "exclusiveMaximum"))
Place = tuple[Decimal | float, int]
"""Where values begin or end; the second number is not 0 where the value itself is left out."""
Said = tuple[str | None, Mapping[str, JsonValue]]
"""A logical type and its options."""


@dataclass(frozen=True)
class _Bound:
    option: str
    value: JsonValue
    place: Place | None
    """None when the value cannot be compared."""

    def __str__(self) -> str:
        return f"{self.option} {self.value}"


def of_bounds(name: str, was: Said, now: Said) -> Iterator[Change]:
    """A bound that lets new values through, or is gone, breaks consumers."""
    for side, inclusive, exclusive in _SIDES:
        old, new = _bound(side, inclusive, exclusive, *was), _bound(side, inclusive, exclusive, *now)
        if old is None and new is None:
            continue
        if old is None:
            yield Change("compatible", f"{name} promises {new}")
        elif new is None:
            yield Change("breaking", f"{name} no longer promises {old}")
        elif (old.option, old.value) != (new.option, new.value):
            yield _moved(name, side, old, new)


def _moved(name: str, side: str, old: _Bound, new: _Bound) -> Change:
    same_option = old.option == new.option
    words = f"{old.option} from {old.value} to {new.value}" if same_option else f"{old} to {new}"
    if old.place is None or new.place is None:
        return Change("breaking", f"{name} changes {words}, which cannot be compared")
    if old.place == new.place:
        return Change("wording", f"{name} has {new} instead of {old}: the same values are allowed")
    wider = new.place < old.place if side == "lower" else new.place > old.place
    return Change("breaking" if wider else "compatible", f"{name} {'widens' if wider else 'narrows'} {words}")


def _bound(
    side: str, inclusive: str, exclusive: str, kind: str | None, options: Mapping[str, JsonValue]
) -> _Bound | None:
    """The tighter one of the two that may be said."""
    said = [
        _Bound(option, options[option], _place(side, kind, options[option], option == exclusive))
        for option in (inclusive, exclusive)
        if options.get(option) is not None and not isinstance(options[option], bool)
    ]
    if not said:
        return None
    places = [one.place for one in said]
    if None in places:
        return next(one for one in said if one.place is None)
    return (max if side == "lower" else min)(said, key=lambda one: one.place)  # type: ignore[arg-type, return-value]


def _place(side: str, kind: str | None, value: JsonValue, exclusive: bool) -> Place | None:
    step = 1 if side == "lower" else -1
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(str(value))
        if not number.is_finite():
            return None
        if kind == "integer":  # more than 9 is at least 10
            whole = number.to_integral_value("ROUND_FLOOR" if side == "lower" else "ROUND_CEILING")
            if exclusive:
                return whole + step, 0
            return (number if number == whole else whole + step), 0
        return number, step if exclusive else 0
    moment = _moment(str(value), kind) if isinstance(value, str) else None
    return None if moment is None else (moment, step if exclusive else 0)


def _moment(text: str, kind: str | None) -> float | None:
    """Seconds, so that dates and points in time compare; without a zone they are in UTC."""
    try:
        if kind == "time":
            at = time.fromisoformat(text)
            return datetime.combine(date(2000, 1, 1), at, at.tzinfo or UTC).timestamp()
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
