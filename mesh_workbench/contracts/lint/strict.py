"""What the standard's schema forgets to forbid: looked for by `mesh contract lint --strict`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.javatime import NotAPattern
from mesh_workbench.contracts.javatime import read as read_pattern
from mesh_workbench.contracts.lint.levels import forgotten as forgotten_levels
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.lint.strict_keys import of_ids, of_keys
from mesh_workbench.contracts.lint.strict_rules import of_pattern, of_rules
from mesh_workbench.contracts.odcs import Property
from mesh_workbench.contracts.rules.text_format import FORMATS
from mesh_workbench.contracts.source import Path
from mesh_workbench.errors import did_you_mean

_PAIRS = (
    ("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum"), ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)  # fmt: skip
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_READ: dict[str, Callable[[str], date | time]] = {
    "date": date.fromisoformat, "time": time.fromisoformat, "timestamp": datetime.fromisoformat,
}  # fmt: skip
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "date": (str,),
    "timestamp": (str,), "time": (str,),
}  # fmt: skip


def forgotten(doc: ContractDocument) -> Iterator[Problem]:
    """Problems of a contract that other tools let pass, in no particular order."""
    yield from of_ids(doc.source.value)
    for index, table in enumerate(doc.contract.schema_):
        path: Path = ("schema", index)
        yield from of_keys(table, path)
        yield from of_rules(table.quality, path, at_object=True)
        for number, item in enumerate(table.properties):
            yield from _property(item, (*path, "properties", number))
    yield from forgotten_levels(doc)


def _property(item: Property, path: Path) -> Iterator[Problem]:
    options = item.logical_type_options or {}
    where = (*path, "logicalTypeOptions")
    if options and not item.logical_type:
        message = f"{item.name or 'the item'} has options and no logicalType that they belong to"
        yield "error", "contract.no-type", where, message, "Add logicalType."
    for low, high in _PAIRS:
        if _is_empty(low, options.get(low), high, options.get(high), item.logical_type or ""):
            message = f"no value of {item.name or 'the item'} can keep {low} {options[low]} and {high} {options[high]}"
            yield "error", "contract.reversed-range", (*where, low), message, "Swap them, or move one."
    for name in _BOUNDS:
        yield from _bound(item, name, options.get(name), (*where, name))
    yield from of_pattern(options.get("pattern"), (*where, "pattern"))
    yield from _zone(options.get("defaultTimezone"), (*where, "defaultTimezone"))
    if item.logical_type == "string":
        yield from _text_format(options.get("format"), (*where, "format"))
    yield from _format(item.logical_type, options.get("format"), (*where, "format"))
    kinds = _PYTHON.get(item.logical_type or "")
    for index, one in enumerate(item.enum):
        odd = isinstance(one.value, bool) and kinds != (bool,)
        if one.value is not None and kinds and (odd or not isinstance(one.value, kinds)):
            message = f"{one.value!r} is not a value that a column of type {item.logical_type} can have"
            yield "error", "contract.enum-type", (*path, "enum", index), message, "Write it as the type has it."
    yield from of_rules(item.quality, path, at_object=False)
    seen: set[str] = set()
    for index, field in enumerate(item.properties):
        if field.name in seen:
            place = (*path, "properties", index, "name")
            yield "error", "contract.name-twice", place, f"there are two fields {field.name}", "Remove or rename one."
        seen.add(field.name)
        yield from _property(field, (*path, "properties", index))
    if item.items:
        yield from _property(item.items, (*path, "items"))
    for part in ("key", "value"):
        inner = getattr(item.map, part) if item.map else None
        if inner:
            yield from _property(inner, (*path, "map", part))


def _format(kind: str | None, given: JsonValue, path: Path) -> Iterator[Problem]:
    if kind not in ("date", "timestamp", "time") or not isinstance(given, str) or "${" in given:
        return
    try:
        read_pattern(given)
    except NotAPattern as error:
        message = f"{given!r} is not a pattern of Java's DateTimeFormatter: {error}"
        yield "error", "contract.bad-pattern", path, message, "Write it like yyyy-MM-dd'T'HH:mm:ss."


def _text_format(given: JsonValue, path: Path) -> Iterator[Problem]:
    known = (*FORMATS, "binary", "password")
    if isinstance(given, str) and given.lower() not in known and "${" not in given:
        message = f"{given!r} is not a format of text that is known here"
        yield "error", "contract.unknown-format", path, message, did_you_mean(given, known)


def _bound(item: Property, name: str, value: JsonValue, path: Path) -> Iterator[Problem]:
    kind = item.logical_type or ""
    if kind in _READ and isinstance(value, str) and "${" not in value and _moment(value, kind) is None:
        message = f"the {name} {value!r} is no {'point in time' if kind == 'timestamp' else kind}"
        yield "error", "contract.bad-bound", path, message, "Write it in ISO 8601, such as 2027-12-31 or 08:30:00."
    elif kind == "integer" and isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        message = f"the {name} {value} of whole numbers has a fraction"
        yield "error", "contract.bad-bound", path, message, "Write a whole number."


def _moment(text: str, kind: str) -> date | time | None:
    try:
        found: date | time = _READ[kind](text)
    except ValueError:
        return None
    return found


def _is_empty(low_name: str, low: JsonValue, high_name: str, high: JsonValue, kind: str) -> bool:
    """Whether nothing lies between two ends."""
    exclusive = "exclusive" in low_name + high_name
    if isinstance(low, bool) or isinstance(high, bool):
        return False
    if isinstance(low, int | float) and isinstance(high, int | float):
        if kind == "integer" and low_name.startswith("exclusive") and high_name.startswith("exclusive"):
            return high - low <= 1
        return low > high or (exclusive and low == high)
    if isinstance(low, str) and isinstance(high, str):
        ends = [_moment(one, kind if kind in _READ else "timestamp") for one in (low, high)]
        try:
            return None not in ends and bool(ends[0] > ends[1] or (exclusive and ends[0] == ends[1]))  # type: ignore[operator]
        except TypeError:  # one has a zone, the other none
            return False
    return False


def _zone(name: JsonValue, path: Path) -> Iterator[Problem]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name is None:
        return
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "error", "contract.unknown-zone", path, f"{name!r} is not a time zone", "Write Etc/UTC or Europe/Berlin."
