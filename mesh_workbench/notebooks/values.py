"""Validation of parameter values that somebody gives for a run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.notebook import ParameterSpec, ParameterType
from mesh_workbench.notebooks.references import is_reference

_WORDS: dict[ParameterType, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2013-01-31",
    "timestamp": "a moment such as 2013-01-31T06:00:00Z",
    "list": "a JSON list",
    "object": "a JSON object",
    "secret": "a reference such as env:NAME, which says where the secret is",
    "any": "a value",
}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def validate(specs: Sequence[ParameterSpec], given: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The given values in their canonical JSON form, in the order of the specs. Defaults are not filled in.

    Text is accepted for every type in its usual written form, as a command line gives it. Raises InvalidInput
    `parameter.unknown`, `parameter.missing`, `parameter.type`, `parameter.choice` and `parameter.range`.
    """
    known = {spec.name: spec for spec in specs}
    for name in given:
        if name not in known:
            raise InvalidInput(
                "parameter.unknown",
                f"There is no parameter {name!r}.",
                hint=did_you_mean(name, known) if known else "The notebook has no parameters.",
                where=name,
            )
    missing = [spec.name for spec in specs if spec.required and spec.name not in given]
    if missing:
        raise InvalidInput(
            "parameter.missing",
            f"The parameter {missing[0]} has no default and was not given.",
            hint=f"Give {', '.join(f'{name}=…' for name in missing)}.",
            where=missing[0],
        )
    return {spec.name: _check(spec, given[spec.name]) for spec in specs if spec.name in given}


def says_null(spec: ParameterSpec, value: Any) -> bool:
    """Whether `value` is text that can only mean null: the parameter may be null, and is no text itself."""
    text = isinstance(value, str) and value.strip().lower() in ("null", "none")
    return text and spec.nullable and spec.type not in ("string", "any")


def _check(spec: ParameterSpec, value: Any) -> JsonValue:
    if value is None or says_null(spec, value):
        if spec.nullable or spec.type == "any":
            return None
        raise _wrong(spec, value)
    try:
        converted = _convert(spec.type, value)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _wrong(spec, value) from error
    if spec.choices is not None and not any(_same(converted, choice) for choice in spec.choices):
        raise _not_a_choice(spec, spec.choices, value)
    _demand_range(spec, converted)
    return converted


def _not_a_choice(spec: ParameterSpec, choices: Sequence[JsonValue], value: Any) -> InvalidInput:
    known = [str(choice) for choice in choices]
    if spec.type == "secret":  # what was given may be the secret itself: it is not repeated
        return InvalidInput(
            "parameter.choice",
            f"{spec.name} cannot be that: a secret is one that the notebook names.",
            hint=f"Give one of {', '.join(known)}." if known else "Let the notebook name one: mesh.secret('env:NAME').",
            where=spec.name,
        )
    return InvalidInput(
        "parameter.choice",
        f"{spec.name} cannot be {_short(value)}.",
        hint=did_you_mean(str(value), known),
        where=spec.name,
    )


def _same(value: JsonValue, choice: JsonValue) -> bool:
    return value == choice and isinstance(value, bool) == isinstance(choice, bool)


def _demand_range(spec: ParameterSpec, value: JsonValue) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return
    low, high = spec.minimum, spec.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        least = f"at least {low:g}" if low is not None else ""
        most = f"at most {high:g}" if high is not None else ""
        raise InvalidInput(
            "parameter.range",
            f"{spec.name} is {value}, and must be {' and '.join(part for part in (least, most) if part)}.",
            hint="Give a value within these limits.",
            where=spec.name,
        )


def _convert(kind: ParameterType, value: Any) -> JsonValue:
    match kind:
        case "string":
            if isinstance(value, str):
                return value
        case "boolean":
            return value if isinstance(value, bool) else _TRUTH[_text(value).strip().lower()]
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case "date" | "timestamp":
            return _moment(kind, value)
        case "list" | "object":
            decoded = _plain(json.loads(value) if isinstance(value, str) else value)
            if isinstance(decoded, list if kind == "list" else dict):
                return decoded
        case "secret":
            if isinstance(value, str) and is_reference(value):
                return str(value)
        case "any":
            return _plain(value)
    raise TypeError(kind)


def _text(value: Any) -> str:
    if not isinstance(value, str) or value.strip().lower() not in _TRUTH:
        raise TypeError(value)
    return value


def _integer(value: Any) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise TypeError(value)
    return int(value)


def _number(value: Any) -> int | float:
    number = float(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise TypeError(value)
    return number


def _moment(kind: ParameterType, value: Any) -> str:
    if kind == "date":
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        return date.fromisoformat(value).isoformat()
    if isinstance(value, datetime):
        return value.isoformat()
    return datetime.fromisoformat(value).isoformat()


def _plain(value: Any) -> JsonValue:
    """The value, if JSON can hold it exactly."""
    decoded: JsonValue = json.loads(json.dumps(value, allow_nan=False))
    return decoded


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _wrong(spec: ParameterSpec, value: Any) -> InvalidInput:
    return InvalidInput(
        "parameter.type",
        f"{spec.name} must be {_WORDS[spec.type]}."
        if spec.type == "secret"
        else f"{spec.name} is {_short(value)}, and must be {_WORDS[spec.type]}.",
        hint=f"Give {_WORDS[spec.type]}{' or null' if spec.nullable else ''}.",
        where=spec.name,
    )
