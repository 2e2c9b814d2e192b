"""Values of $name: from Python to what JSON can carry, and from there to what DuckDB binds.

JSON has no dates, decimals, bytes. They travel as an object with one key that names the type, `{"$date":
"2013-01-01"}`, so the same question means the same in a notebook, on the command line and over HTTP.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput, did_you_mean

_TO_JSON: list[tuple[type, str, Callable[[Any], str]]] = [
    (dt.datetime, "$timestamp", dt.datetime.isoformat),
    (dt.date, "$date", dt.date.isoformat),
    (dt.time, "$time", dt.time.isoformat),
    (dt.timedelta, "$seconds", lambda value: repr(value.total_seconds())),
    (decimal.Decimal, "$decimal", str),
    (uuid.UUID, "$uuid", str),
    (bytes, "$bytes", lambda value: base64.b64encode(value).decode("ascii")),
]

_FROM_JSON: dict[str, Callable[[str], object]] = {
    "$timestamp": dt.datetime.fromisoformat,
    "$date": dt.date.fromisoformat,
    "$time": dt.time.fromisoformat,
    "$seconds": lambda text: dt.timedelta(seconds=float(text)),
    "$decimal": decimal.Decimal,
    "$uuid": uuid.UUID,
    "$bytes": lambda text: base64.b64decode(text, validate=True),
    "$float": float,
}


MAX_VALUES = 100_000
"""More than this in one list are not bound: it takes long, and nobody could interrupt it."""


def encode(name: str, value: object) -> JsonValue:
    """`value` of the variable `name` as JSON. Lists, tuples, sets, arrays and series become lists.

    Raises InvalidInput `query.parameter-type` for what cannot be bound, for example a data frame, and
    `query.parameter-too-long`.
    """
    if not isinstance(value, str) and hasattr(value, "__len__"):
        _check_length(name, len(value))
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if type(value).__name__ in ("NaTType", "NAType"):  # pandas' own kinds of null
        return None
    for kind, key, text in _TO_JSON:
        if isinstance(value, kind):
            return {key: text(value)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(name, item) for item in value]
    for method in ("to_list", "tolist"):  # series and arrays; NumPy's scalars give the Python value
        convert = getattr(value, method, None)
        if callable(convert):
            return encode(name, convert())
    raise InvalidInput(
        "query.parameter-type",
        f"${name} is a {type(value).__name__}, which cannot be bound.",
        hint="Bind numbers, strings, dates or lists of them.",
    )


def bind(needed: tuple[str, ...], given: Mapping[str, JsonValue]) -> dict[str, object]:
    """The values of the parameters that a statement needs, as DuckDB binds them.

    Raises InvalidInput `query.parameter-missing` and `query.parameter-type`.
    """
    for name in needed:
        if name not in given:
            raise InvalidInput(
                "query.parameter-missing",
                f"${name} has no value.",
                hint=did_you_mean(name, given) if given else f"Give a value for {name}.",
            )
    return {name: _decoded(name, given[name]) for name in needed}


def _check_length(name: str, length: int) -> None:
    if length > MAX_VALUES:
        raise InvalidInput(
            "query.parameter-too-long",
            f"${name} has {length:,} values; {MAX_VALUES:,} are the most that are bound.",
            hint=f"In a notebook make a frame of them and join it: JOIN {name} USING (…).",
        )


def _decoded(name: str, value: JsonValue) -> object:
    if isinstance(value, list):
        _check_length(name, len(value))
        return [_decoded(name, item) for item in value]
    if not isinstance(value, dict):
        return value
    key, text = next(iter(value.items())) if len(value) == 1 else ("", None)
    if key not in _FROM_JSON or not isinstance(text, str):
        raise InvalidInput(
            "query.parameter-type",
            f"The value of ${name} is an object, which cannot be bound.",
            hint='Dates and the like are written {"$date": "2013-01-01"}.',
        )
    try:
        return _FROM_JSON[key](text)
    except (ValueError, ArithmeticError) as error:
        raise InvalidInput(
            "query.parameter-type", f"{text!r} is not a {key.removeprefix('$')}, the value of ${name}."
        ) from error
