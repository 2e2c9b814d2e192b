"""Promises in words that a person who does not know the standard understands."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from mesh_workbench.contracts.limit import Limit
from mesh_workbench.contracts.odcs import Quality, ServiceLevel

_TYPES = {
    "string": "text",
    "date": "dates",
    "timestamp": "points in time",
    "time": "times of day",
    "number": "numbers",
    "integer": "whole numbers",
    "object": "records",
    "array": "lists",
    "boolean": "true or false",
    "map": "maps",
    "vector": "vectors",
}
_OPTIONS = {
    "minLength": "{} has at least {} characters",
    "maxLength": "{} has at most {} characters",
    "pattern": "{} matches {}",
    "format": "{} is written as {}",
    "minimum": "{} is at least {}",
    "maximum": "{} is at most {}",
    "exclusiveMinimum": "{} is more than {}",
    "exclusiveMaximum": "{} is less than {}",
    "multipleOf": "{} is a multiple of {}",
    "minItems": "{} has at least {} items",
    "maxItems": "{} has at most {} items",
    "uniqueItems": "no item of {} occurs twice",
}
_METRICS = {
    "nullValues": "rows without {}",
    "missingValues": "rows in which {} is missing",
    "invalidValues": "rows in which {} is invalid",
    "duplicateValues": "values of {} that occur twice",
    "rowCount": "rows in {}",
}


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def type_words(logical_type: str) -> str:
    """`whole numbers` for `integer`; a type nobody knows stays as it is."""
    return _TYPES.get(logical_type, logical_type)


def of_option(column: str, name: str, value: JsonValue) -> str:
    form = _OPTIONS.get(name)
    return form.format(column, _shown(value)) if form else f"{column}: {name} is {_shown(value)}"


def of_quality(target: str, rule: Quality, limit: Limit, metric: str | None) -> str:
    """The rule's own description when it has one, else what its metric and operator say."""
    if rule.description:
        return " ".join(rule.description.split())
    if metric in _METRICS and not limit.problem:
        return f"{_METRICS[metric].format(target)}: {limit.words()}"
    if rule.sort == "sql" and not limit.problem:
        return f"a query about {target} answers {limit.words()}"
    return f"a rule about {target} ({rule.name or metric or rule.engine or rule.sort})"


def of_service_level(level: ServiceLevel) -> str:
    if level.description:
        return " ".join(level.description.split())
    value = f"{level.property} is {level.value}"
    return f"{value} {level.unit}" if level.unit else value


def _shown(value: JsonValue) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
