"""Python source for parameter values: what is encoded here evaluates to the same value again, and does nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.notebook import ParameterSpec, ParameterType

MAX_DEPTH = 80
"""Python's own parser gives up at 200 nested brackets; we use at most two a level."""
# The injected cell must not depend on what the notebook has imported or named, hence no plain `datetime.date(…)`.
_DATETIME, _DECIMAL = "__import__('datetime')", "__import__('decimal')"
_MATH, _ZONEINFO = "__import__('math')", "__import__('zoneinfo')"


def encode_all(specs: Sequence[ParameterSpec], values: Mapping[str, Any]) -> dict[str, str]:
    """Parameter name to expression, for each of `values`; the type comes from the spec of that name.

    `values` are as `parameters.validate` returns them. Raises as `encode`.
    """
    types = {spec.name: spec.type for spec in specs}
    return {name: encode(value, types.get(name, "any")) for name, value in values.items()}


def encode(value: Any, type: ParameterType = "any") -> str:  # noqa: A002 — the word of the model
    """A Python expression for `value`, on one line of ASCII.

    `type` turns text into what the notebook expects: `date` and `timestamp` take ISO 8601, and a `secret`, which is
    given by reference, is looked up where the expression is evaluated. None stays None. Raises
    InvalidInput `parameter.not-a-value` for what has no literal, and `parameter.too-deep`.
    """
    if isinstance(value, str):
        if type == "date":
            return _encode(date.fromisoformat(value), 0)
        if type == "timestamp":
            return _encode(datetime.fromisoformat(value), 0)
        if type == "secret":
            return f"__import__('mesh_workbench').secret({_encode(value, 0)})"
    return _encode(value, 0)


def _encode(value: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise InvalidInput(
            "parameter.too-deep",
            f"A value is nested more than {MAX_DEPTH} levels deep.",
            hint="Give it as text, and parse that in the notebook.",
        )
    if value is None or value is True or value is False:
        return repr(value)
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return _container(value, depth + 1)
    if isinstance(value, str):
        return ascii(str.__str__(value))
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, int):
        number = int(value)
        return repr(number) if abs(number) < 1 << 64 else hex(number)  # decimal text has a length limit in Python
    if isinstance(value, float):
        number_ = float(value)
        if math.isfinite(number_):
            return repr(number_)
        return f"{_MATH}.nan" if math.isnan(number_) else f"{'-' if number_ < 0 else ''}{_MATH}.inf"
    if isinstance(value, bytes):
        return repr(bytes(value))
    if isinstance(value, Decimal):
        return f"{_DECIMAL}.Decimal({str(value)!r})"
    if isinstance(value, (date, time, timedelta)):
        return _moment(value)
    raise InvalidInput(
        "parameter.not-a-value",
        f"A {type(value).__name__} cannot be given as a parameter.",
        hint="Give text, numbers, true or false, dates, lists or objects of these.",
    )


def _container(value: Any, depth: int) -> str:
    if isinstance(value, dict):
        pairs = (f"{_encode(key, depth)}: {_encode(item, depth)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    items = [_encode(item, depth) for item in value]
    if isinstance(value, list):
        return f"[{', '.join(items)}]"
    if isinstance(value, tuple):
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    elements = ", ".join(sorted(items))  # equal sets give equal source
    if isinstance(value, frozenset):
        return f"frozenset([{elements}])"
    return f"{{{elements}}}" if items else "set()"


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, timedelta):
        return f"{_DATETIME}.timedelta({value.days}, {value.seconds}, {value.microseconds})"
    if isinstance(value, datetime):
        parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
        return f"{_DATETIME}.datetime({', '.join(map(str, parts))}{_zone(value.tzinfo, value.fold)})"
    if isinstance(value, time):
        parts = [value.hour, value.minute, value.second, value.microsecond]
        return f"{_DATETIME}.time({', '.join(map(str, parts))}{_zone(value.tzinfo, value.fold)})"
    return f"{_DATETIME}.date({value.year}, {value.month}, {value.day})"


def _zone(zone: tzinfo | None, fold: int) -> str:
    late = f", fold={fold}" if fold else ""
    if zone is None:
        return late
    if zone is UTC:
        return f", tzinfo={_DATETIME}.timezone.utc{late}"
    if isinstance(zone, ZoneInfo) and zone.key:
        return f", tzinfo={_ZONEINFO}.ZoneInfo({zone.key!r}){late}"
    offset = zone.utcoffset(None)
    if isinstance(zone, timezone) and offset is not None:
        return f", tzinfo={_DATETIME}.timezone({_moment(offset)}){late}"
    raise InvalidInput(
        "parameter.not-a-value",
        f"A moment in a zone of class {type(zone).__name__} cannot be given as a parameter.",
        hint="Use an IANA zone or a fixed offset.",
    )
