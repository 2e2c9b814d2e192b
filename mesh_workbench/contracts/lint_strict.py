"""What the standard's schema forgets to forbid: looked for by `mesh contract lint --strict`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.javatime import NotAPattern
from mesh_workbench.contracts.javatime import read as read_pattern
from mesh_workbench.contracts.limit import OPERATORS
from mesh_workbench.contracts.lint_rules import Problem
from mesh_workbench.contracts.odcs import Property, Quality, SchemaObject
from mesh_workbench.contracts.patterns import in_python
from mesh_workbench.contracts.source import Path

_PAIRS = (
    ("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum"), ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)  # fmt: skip
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "date": (str,),
    "timestamp": (str,), "time": (str,),
}  # fmt: skip


def forgotten(doc: ContractDocument) -> Iterator[Problem]:
    """Problems of a contract that other tools let pass, in no particular order."""
    for index, table in enumerate(doc.contract.schema_):
        path: Path = ("schema", index)
        yield from _positions(table, path)
        yield from _rules(table.quality, path, at_object=True)
        for number, item in enumerate(table.properties):
            yield from _property(item, (*path, "properties", number))
    tables = doc.contract.schema_
    known = {name for table in tables for item in table.properties for name in (item.name, f"{table.name}.{item.name}")}
    known |= {table.name for table in tables}
    for index, level in enumerate(doc.contract.sla_properties):
        where: Path = ("slaProperties", index, "element")
        for element in (one.strip() for one in (level.element or "").split(",")):
            if element and element not in known:
                yield "error", "contract.unknown-column", where, f"there is no {element} here", "Write object.column."


def _positions(table: SchemaObject, path: Path) -> Iterator[Problem]:
    given = [item.primary_key_position for item in table.properties if item.primary_key]
    for position, count in Counter(number for number in given if (number or 0) > 0).items():
        if count > 1:
            message = f"{count} columns have the primaryKeyPosition {position}"
            yield "error", "contract.key-position", (*path, "properties"), message, "Number them 1, 2, 3."
    for number, item in enumerate(table.properties):
        if (item.primary_key_position or 0) > 0 and not item.primary_key:
            where = (*path, "properties", number, "primaryKeyPosition")
            message = f"{item.name} has a position in the key and is not part of it"
            yield "error", "contract.key-position", where, message, "Add primaryKey: true, or drop the position."


def _property(item: Property, path: Path) -> Iterator[Problem]:
    options = item.logical_type_options or {}
    where = (*path, "logicalTypeOptions")
    if options and not item.logical_type:
        message = f"{item.name or 'the item'} has options and no logicalType that they belong to"
        yield "error", "contract.no-type", where, message, "Add logicalType."
    for low, high in _PAIRS:
        if _is_above(options.get(low), options.get(high), item.logical_type or ""):
            message = f"{item.name or 'the item'} has a {low} of {options[low]} above its {high} of {options[high]}"
            yield "error", "contract.reversed-range", (*where, low), message, "Swap them."
    yield from _pattern(options.get("pattern"), (*where, "pattern"))
    yield from _zone(options.get("defaultTimezone"), (*where, "defaultTimezone"))
    yield from _format(item.logical_type, options.get("format"), (*where, "format"))
    kinds = _PYTHON.get(item.logical_type or "")
    for index, one in enumerate(item.enum):
        odd = isinstance(one.value, bool) and kinds != (bool,)
        if one.value is not None and kinds and (odd or not isinstance(one.value, kinds)):
            message = f"{one.value!r} is not a value that a column of type {item.logical_type} can have"
            yield "error", "contract.enum-type", (*path, "enum", index), message, "Write it as the type has it."
    yield from _rules(item.quality, path, at_object=False)
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


def _rules(rules: list[Quality], path: Path, *, at_object: bool) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        where = (*path, "quality", index)
        if rule.type is None and rule.metric is None:
            message = "the rule has neither a type nor a metric"
            yield "error", "contract.empty-rule", where, message, "Add type, or metric for a library rule."
        arguments = rule.arguments or {}
        yield from _pattern(arguments.get("pattern"), (*where, "arguments", "pattern"))
        if rule.metric == "invalidValues" and not {"validValues", "pattern"} & (arguments.keys() | rule.says.keys()):
            message = "invalidValues names neither validValues nor a pattern, so every value is valid"
            yield "error", "contract.no-arguments", where, message, "Add arguments."
        if rule.metric == "rowCount" and not at_object:
            yield "error", "contract.level", where, "rowCount belongs to an object, not to a column", "Move it up."
        if rule.metric in ("nullValues", "missingValues", "invalidValues") and at_object:
            yield "error", "contract.level", where, f"{rule.metric} belongs to a column", "Move it to a column."
        if (rule.unit or "").lower() in ("percent", "%"):
            for name in OPERATORS:
                ends = rule.says.get(name)
                for end in ends if isinstance(ends, list) else [ends]:
                    if isinstance(end, int | float) and not 0 <= end <= 100:
                        yield "error", "contract.percent", (*where, name), f"{end} is no percentage", "0 to 100."
        for name in ("mustBeBetween", "mustNotBeBetween"):
            pair = rule.says.get(name)
            if isinstance(pair, list) and len(pair) == 2 and _is_above(pair[0], pair[1], "number"):
                yield "error", "contract.reversed-range", (*where, name), f"{name} is reversed", "Swap its ends."


def _pattern(pattern: JsonValue, path: Path) -> Iterator[Problem]:
    if not isinstance(pattern, str) or "${" in pattern:
        return
    try:
        re.compile(in_python(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        if not re.search(r"\\[pP]\{", pattern):  # ECMA and the engine know classes of Unicode, Python does not
            message = f"{pattern!r} is not a regular expression: {error}"
            yield "error", "contract.bad-pattern", path, message, "Correct the expression."


def _format(kind: str | None, given: JsonValue, path: Path) -> Iterator[Problem]:
    if kind not in ("date", "timestamp", "time") or not isinstance(given, str) or "${" in given:
        return
    try:
        read_pattern(given)
    except NotAPattern as error:
        message = f"{given!r} is not a pattern of Java's DateTimeFormatter: {error}"
        yield "error", "contract.bad-pattern", path, message, "Write it like yyyy-MM-dd'T'HH:mm:ss."


def _zone(name: JsonValue, path: Path) -> Iterator[Problem]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name is None:
        return
    try:
        ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "error", "contract.unknown-zone", path, f"{name!r} is not a time zone", "Write Etc/UTC or Europe/Berlin."


def _is_above(low: JsonValue, high: JsonValue, kind: str) -> bool:
    if isinstance(low, int | float) and isinstance(high, int | float):
        return low > high
    if isinstance(low, str) and isinstance(high, str):
        read = {"date": date.fromisoformat, "time": time.fromisoformat}.get(kind, datetime.fromisoformat)
        try:
            return bool(read(low) > read(high))  # type: ignore[operator]
        except (ValueError, TypeError):
            return False
    return False
