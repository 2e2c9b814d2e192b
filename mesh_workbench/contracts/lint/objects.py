"""What can be wrong in a document that is ODCS by its shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.lint.levels import of_level
from mesh_workbench.contracts.lint.names import names_twice, unknown_keys
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.lint.quality import of_rule
from mesh_workbench.contracts.lint.relationships import of_object, of_relationship
from mesh_workbench.contracts.lint.severities import of_severity
from mesh_workbench.contracts.odcs import Property, SchemaObject
from mesh_workbench.contracts.references import names_of
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.vocabulary import LOGICAL_TYPES, OBJECT, PROPERTY, ROOT
from mesh_workbench.errors import did_you_mean


def problems_of(doc: ContractDocument) -> Iterator[Problem]:
    """Problems in no particular order."""
    yield from unknown_keys(doc.contract, ROOT, (), "the contract")
    yield from _not_finite(doc.source.value, ())
    yield from names_twice([item.name for item in doc.contract.schema_], ("schema",), "object")
    for index, table in enumerate(doc.contract.schema_):
        yield from _object(doc, table, ("schema", index))
    for index, level in enumerate(doc.contract.sla_properties):
        yield from of_level(level, ("slaProperties", index))


def _not_finite(value: JsonValue, path: Path) -> Iterator[Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        yield "error", "contract.not-finite", path, f"{value} is no number that JSON knows", "Write a number."
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _not_finite(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_finite(item, (*path, index))


def _object(doc: ContractDocument, table: SchemaObject, path: Path) -> Iterator[Problem]:
    yield from unknown_keys(table, OBJECT, path, f"object {table.name}")
    yield from names_twice([item.name for item in table.properties], (*path, "properties"), "column")
    columns = [item.name for item in table.properties]
    for index, item in enumerate(table.properties):
        yield from _property(doc, table, item, (*path, "properties", index))
    for index, rule in enumerate(table.quality):
        where = (*path, "quality", index)
        yield from of_rule(table, None, rule, where)
        named = (rule.arguments or {}).get("properties")
        for name in names_of(named):
            if columns and name not in columns:
                message = f"the rule speaks of a column {name} that the contract does not have"
                yield "error", "contract.unknown-column", (*where, "arguments"), message, did_you_mean(name, columns)
    yield from of_object(doc, table, path)
    yield from of_severity(table, path)


def _property(doc: ContractDocument, table: SchemaObject, item: Property, path: Path) -> Iterator[Problem]:
    name = item.name or "this item"
    yield from unknown_keys(item, PROPERTY, path, name)
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
    yield from of_severity(item, path)
    for index, rule in enumerate(item.quality):
        yield from of_rule(table, item, rule, (*path, "quality", index))
    for index, relationship in enumerate(item.relationships):
        yield from of_relationship(doc, relationship, 1, (*path, "relationships", index))
    for index, field in enumerate(item.properties):
        yield from _property(doc, table, field, (*path, "properties", index))
    if item.items:
        yield from _property(doc, table, item.items, (*path, "items"))
    for part in ("key", "value"):
        inner = getattr(item.map, part) if item.map else None
        if inner:
            yield from _property(doc, table, inner, (*path, "map", part))


def _reversed(options: Mapping[str, object], path: Path, name: str) -> Iterator[Problem]:
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        least, most = options.get(low), options.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            where = (*path, "logicalTypeOptions", low)
            message = f"{name} has a {low} of {least} above its {high} of {most}"
            yield "error", "contract.reversed-range", where, message, "Swap them."
