"""What can be wrong in a document that is ODCS by its shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.odcs import Part, Property, Quality, Relationship, SchemaObject, ServiceLevel
from mesh_workbench.contracts.query import Refused, prepare
from mesh_workbench.contracts.references import names_of, resolve
from mesh_workbench.contracts.service_levels import limit_of as level_limit
from mesh_workbench.contracts.service_levels import name_of
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.vocabulary import (
    DIMENSIONS,
    LOGICAL_TYPES,
    METRICS,
    OBJECT,
    PROPERTY,
    QUALITY,
    ROOT,
    SERVICE_LEVELS,
    SEVERITIES,
    SORTS,
    UNITS,
)
from mesh_workbench.errors import did_you_mean

Problem = tuple[str, str, Path, str, str]
"""level, code, path, message, hint"""


def problems_of(doc: ContractDocument) -> Iterator[Problem]:
    """Problems in no particular order."""
    yield from _unknown(doc.contract, ROOT, (), "the contract")
    yield from _twice([item.name for item in doc.contract.schema_], ("schema",), "object")
    for index, table in enumerate(doc.contract.schema_):
        yield from _object(doc, table, ("schema", index))
    for index, level in enumerate(doc.contract.sla_properties):
        yield from _service_level(level, ("slaProperties", index))


def _service_level(level: ServiceLevel, path: Path) -> Iterator[Problem]:
    if name_of(level) not in SERVICE_LEVELS:
        message = f"{level.property!r} is not a service level that ODCS names"
        hint = did_you_mean(level.property, SERVICE_LEVELS)
        yield "warning", "contract.unknown-service-level", (*path, "property"), message, hint
    if isinstance(level.unit, str) and level.unit.strip() in ("m", "M"):
        hint = "Write an ISO 8601 duration: P1M or PT1M."
        yield "warning", "contract.ambiguous-unit", (*path, "unit"), "m may mean minutes or months", hint
        return
    problem = level_limit(level).problem
    if problem:
        message, _, hint = problem.partition(": ")
        hint = f"{hint[:1].upper()}{hint[1:]}." if hint else "See the reference of service levels."
        yield "warning", "contract.service-level", (*path, "value"), message, hint


def _unknown(part: Part, known: Iterable[str], path: Path, what: str) -> Iterator[Problem]:
    words = set(known)
    own = {field.alias or name for name, field in type(part).model_fields.items()}
    for key in part.model_extra or {}:
        if key not in words | own:
            message = f"{what} has the key {key!r}, which ODCS does not know"
            yield "warning", "contract.unknown-key", (*path, key), message, did_you_mean(key, words)


def _twice(names: list[str], path: Path, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            where = (*path, index, "name")
            yield "error", "contract.name-twice", where, f"there are two {what}s {name}", "Remove or rename one."
        seen.add(name)


def _object(doc: ContractDocument, table: SchemaObject, path: Path) -> Iterator[Problem]:
    yield from _unknown(table, OBJECT, path, f"object {table.name}")
    yield from _twice([item.name for item in table.properties], (*path, "properties"), "column")
    columns = [item.name for item in table.properties]
    for index, item in enumerate(table.properties):
        yield from _property(doc, table, item, (*path, "properties", index))
    for index, rule in enumerate(table.quality):
        where = (*path, "quality", index)
        yield from _quality(table, None, rule, where)
        named = (rule.arguments or {}).get("properties")
        for name in names_of(named):
            if columns and name not in columns:
                message = f"the rule speaks of a column {name} that the contract does not have"
                yield "error", "contract.unknown-column", (*where, "arguments"), message, did_you_mean(name, columns)
    for index, relationship in enumerate(table.relationships):
        where = (*path, "relationships", index)
        mine = names_of(relationship.from_)
        for reference in mine:
            name = resolve(doc, reference)[1]
            if name not in columns:
                message = f"the foreign key starts at a column {name} that the contract does not have"
                yield "error", "contract.unknown-column", (*where, "from"), message, did_you_mean(name, columns)
        yield from _relationship(doc, relationship, len(mine), where)


def _property(doc: ContractDocument, table: SchemaObject, item: Property, path: Path) -> Iterator[Problem]:
    name = item.name or "this item"
    yield from _unknown(item, PROPERTY, path, name)
    if not item.name and path[-1] not in ("items", "key", "value"):
        yield "error", "contract.not-odcs", path, "a property has no name", "Add name."
    options = item.logical_type_options or {}
    if item.logical_type and item.logical_type not in LOGICAL_TYPES:
        message = f"{item.logical_type!r} is not a logical type"
        yield (
            "error",
            "contract.unknown-type",
            (*path, "logicalType"),
            message,
            did_you_mean(item.logical_type, LOGICAL_TYPES),
        )
    elif item.logical_type:
        for option in options:
            if option not in LOGICAL_TYPES[item.logical_type]:
                message = f"{item.logical_type} {name} cannot have the option {option}"
                hint = did_you_mean(option, LOGICAL_TYPES[item.logical_type])
                yield "warning", "contract.unknown-option", (*path, "logicalTypeOptions", option), message, hint
    yield from _reversed(options, path, name)
    for index, rule in enumerate(item.quality):
        yield from _quality(table, item, rule, (*path, "quality", index))
    for index, relationship in enumerate(item.relationships):
        yield from _relationship(doc, relationship, 1, (*path, "relationships", index))
    for index, field in enumerate(item.properties):
        yield from _property(doc, table, field, (*path, "properties", index))
    if item.items:
        yield from _property(doc, table, item.items, (*path, "items"))


def _reversed(options: Mapping[str, object], path: Path, name: str) -> Iterator[Problem]:
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        least, most = options.get(low), options.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            where = (*path, "logicalTypeOptions", low)
            message = f"{name} has a {low} of {least} above its {high} of {most}"
            yield "error", "contract.reversed-range", where, message, "Swap them."


def _relationship(doc: ContractDocument, relationship: Relationship, mine: int, path: Path) -> Iterator[Problem]:
    theirs = names_of(relationship.to)
    if not theirs:
        yield "error", "contract.not-odcs", path, "the relationship does not say what it points to", "Add to."
    elif mine != len(theirs):
        message = f"the foreign key has {mine} columns on this side and {len(theirs)} on the other"
        yield "error", "contract.uneven-key", (*path, "to"), message, "Name as many columns in to as in from."
    objects = {item.name: [field.name for field in item.properties] for item in doc.contract.schema_}
    for reference in theirs:
        relation, column = resolve(doc, reference)
        if relation in objects and column not in objects[relation]:
            message = f"{relation} has no column {column}"
            yield "warning", "contract.unknown-column", (*path, "to"), message, did_you_mean(column, objects[relation])


def _quality(table: SchemaObject, item: Property | None, rule: Quality, path: Path) -> Iterator[Problem]:
    yield from _unknown(rule, QUALITY | set(OPERATORS) | {"pattern", "validValues"}, path, "the rule")
    sort = rule.sort
    metric = rule.metric or rule.rule or ""
    if sort not in SORTS:
        hint = did_you_mean(sort, SORTS)
        yield "error", "contract.unknown-rule", (*path, "type"), f"{rule.type!r} is not a type of rule", hint
    if sort == "library" and not metric:
        message = "the rule names neither a metric nor a query"
        yield "error", "contract.empty-rule", path, message, f"Add metric: {', '.join(METRICS)}."
    elif sort == "library" and metric not in METRICS:
        where = (*path, "metric")
        yield "error", "contract.unknown-metric", where, f"{metric!r} is not a metric", did_you_mean(metric, METRICS)
    if sort == "sql":
        yield from _query(table, item, rule, path)
    if sort in ("library", "sql"):
        problem = limit_of(rule).problem
        if problem:
            yield "error", "contract.operator", path, problem, f"Use one of {', '.join(OPERATORS)}."
        for name in ("mustBeBetween", "mustNotBeBetween"):
            ends = rule.says.get(name)
            if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends):
                low, high = ends
                if low > high:  # type: ignore[operator]
                    yield "warning", "contract.reversed-range", (*path, name), f"{name} is reversed", "Swap its ends."
    for word, given, known, level in (
        ("dimension", rule.dimension, DIMENSIONS, "error"),
        ("severity", rule.severity, SEVERITIES, "warning"),
        ("unit", rule.unit, UNITS, "warning"),
    ):
        if given and given not in known:
            message = f"{given!r} is not a {word} that ODCS names"
            yield level, f"contract.unknown-{word}", (*path, word), message, did_you_mean(given, known)


def _query(table: SchemaObject, item: Property | None, rule: Quality, path: Path) -> Iterator[Problem]:
    if not rule.query:
        yield "error", "contract.empty-rule", path, "a rule of type sql has no query", "Add query."
        return
    try:
        _refused_or_not(rule.query, table.name, table.physical_name or table.name, item is not None)
    except Refused as refusal:
        hint = "Ask one SELECT over {object} for one value."
        yield "error", "contract.query", (*path, "query"), str(refusal), hint


@lru_cache(maxsize=1000)
def _refused_or_not(query: str, table: str, physical: str, at_column: bool) -> None:
    """Raises Refused. A query that stands at many columns is read once, as if each were called `column`."""
    prepare(query, table=table, column="column" if at_column else None, names={table, physical})
