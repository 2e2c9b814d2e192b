"""Everything that a contract promises about a port, one promise at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.odcs import Property, Quality, SchemaObject
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.promised_levels import levels_of
from mesh_workbench.contracts.references import names_of, resolve
from mesh_workbench.contracts.severity import declared_severity, severity_of
from mesh_workbench.contracts.source import Path, words_of
from mesh_workbench.contracts.wording import listed, of_option, of_quality, type_words
from mesh_workbench.model.check import PromiseSpec

DIMENSIONS = ("accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness")

_RULE_OF_METRIC = {
    "nullValues": "null_values",
    "missingValues": "missing_values",
    "invalidValues": "invalid_values",
    "duplicateValues": "duplicate_values",
    "rowCount": "row_count",
}
_RULE_OF_OPTION = {
    "minLength": "lengths",
    "maxLength": "lengths",
    "pattern": "pattern",
    "minimum": "bounds",
    "maximum": "bounds",
    "exclusiveMinimum": "bounds",
    "exclusiveMaximum": "bounds",
    "multipleOf": "multiple_of",
    "timezone": "time_zone",
    "defaultTimezone": "time_zone",
    "minItems": "items",
    "maxItems": "items",
    "uniqueItems": "items",
    "minProperties": "fields",
    "maxProperties": "fields",
    "required": "fields",
    "dimensions": "vector",
    "elementType": "vector",
    "distanceMetric": "vector",
    "embeddingModel": "vector",
    "embeddingModelVersion": "vector",
    "normalized": "vector",
}
_RULE_OF_FORMAT = {
    "integer": "number_format",
    "number": "number_format",
    "string": "text_format",
    "date": "time_format",
    "timestamp": "time_format",
    "time": "time_format",
}


def promises_of(doc: ContractDocument, port: str) -> list[PromiseSpec]:
    """One PromiseSpec per thing that the contract says about the object `port` and about service levels.

    Raises InvalidInput `contract.no-object` when the contract has objects and none of them can be meant.
    """
    return [promise.spec for promise in plan_of(doc, port)]


def plan_of(doc: ContractDocument, port: str) -> list[Promise]:
    """As `promises_of`, with all that is needed to evaluate them. Ids are unique."""
    found: list[Promise] = []
    table = doc.object_of(port) if doc.contract.schema_ else None
    if table is not None:
        position = next(index for index, item in enumerate(doc.contract.schema_) if item is table)
        found += _of_object(doc, table, ("schema", position))
    found += levels_of(doc, table)
    return list(_with_unique_ids(found))


def _with_unique_ids(promises: Iterable[Promise]) -> Iterator[Promise]:
    seen: dict[str, int] = {}
    for promise in promises:
        name = promise.spec.id
        number = seen[name] = seen.get(name, 0) + 1
        while number > 1 and f"{name}.{number}" in seen:
            number += 1
        if number == 1:
            yield promise
            continue
        seen[name] = number
        seen[f"{name}.{number}"] = 1
        yield replace(promise, spec=promise.spec.model_copy(update={"id": f"{name}.{number}"}))


def _of_object(doc: ContractDocument, table: SchemaObject, path: Path) -> Iterator[Promise]:
    for index, item in enumerate(table.properties):
        yield from _of_property(doc, table, item, (*path, "properties", index), target=f"{table.name}.{item.name}")
    key = table.key()
    if key:
        names = [item.name for item in key]
        first = table.properties.index(key[0])
        words = f"{listed(names)} {'together identify' if len(names) > 1 else 'identifies'} a row"
        spec = PromiseSpec(
            id=f"{table.name}.primaryKey",
            kind="primary_key",
            target=f"{table.name}.{names[0]}" if len(names) == 1 else table.name,
            words=words,
            severity=declared_severity("primaryKey", key[0], table),
            dimension="uniqueness",
            path=words_of((*path, "properties", first, "primaryKey")),
        )
        yield Promise(spec, says=list(names), columns=tuple(names), table=table)
    yield from _of_quality(table, None, table.quality, path, table.name)
    for index, relationship in enumerate(table.relationships):
        yield _of_relationship(doc, table, None, index, (*path, "relationships", index), relationship.from_)


def _of_property(
    doc: ContractDocument,
    table: SchemaObject,
    item: Property,
    path: Path,
    *,
    target: str,
    inside: str = "",
    way: tuple[tuple[str, str], ...] = (),
) -> Iterator[Promise]:
    column = item.name
    words = target.removeprefix(f"{table.name}.")

    def promise(aspect: str, kind: str, says: JsonValue, text: str, dimension: str, *where: str) -> Promise:
        spec = PromiseSpec(
            id=f"{target}.{aspect}",
            kind=kind,
            target=target,
            words=text,
            severity=declared_severity(aspect, item, table),
            dimension=dimension,
            path=words_of((*path, *where)),
        )
        return Promise(spec, says=says, columns=(column,), item=item, table=table, inside=inside, way=way)

    if not inside or way[-1][0] == "field":
        text = f"there is a {'field' if inside else 'column'} {words}"
        yield promise("exists", "column", column, text, "conformity", "name")
    if item.logical_type:
        text = f"{words} holds {type_words(item.logical_type)}"
        yield promise("logicalType", "logical_type", item.logical_type, text, "conformity", "logicalType")
    if item.physical_type:
        text = f"{words} fits into {item.physical_type}"
        yield promise("physicalType", "physical_type", item.physical_type, text, "conformity", "physicalType")
    if item.required:
        yield promise("required", "required", True, f"{words} is never empty", "completeness", "required")
    if item.unique:
        yield promise("unique", "unique", True, f"no value of {words} occurs twice", "uniqueness", "unique")
    if item.enum:
        values: list[JsonValue] = [value.value for value in item.enum]
        text = f"{words} is one of {_listed(values)}"
        yield promise("enum", "enum", values, text, "conformity", "enum")
    for name, value in (item.logical_type_options or {}).items():
        if value is None or value is False:
            continue  # `uniqueItems: false` and the boolean exclusive bounds of 3.0 promise nothing by themselves
        kind = _RULE_OF_OPTION.get(name, f"option.{name}")
        if name == "format":
            kind = _RULE_OF_FORMAT.get(item.logical_type or "string", kind)
        text = of_option(words, name, value)
        yield promise(name, kind, value, text, "conformity", "logicalTypeOptions", name)
    for one in _of_quality(table, item, item.quality, path, target, inside):
        yield replace(one, way=way)
    for index, _ in enumerate(item.relationships):
        one = _of_relationship(doc, table, item, index, (*path, "relationships", index), None)
        yield replace(one, inside=inside, way=way, spec=one.spec.model_copy(update={"target": target}))
    outer = inside or column
    for field, where, name, step in _inner(item):
        yield from _of_property(
            doc, table, field, (*path, *where), target=f"{target}{name}", inside=outer, way=(*way, step)
        )


def _inner(item: Property) -> Iterator[tuple[Property, Path, str, tuple[str, str]]]:
    """What lies inside a property: itself, where it stands, what it adds to the name, and the step that leads there."""
    for index, field in enumerate(item.properties):
        yield field, ("properties", index), f".{field.name}", ("field", field.name)
    if item.items:
        yield item.items, ("items",), "[]", ("items", "")
    if item.map and item.map.key:
        yield item.map.key, ("map", "key"), ".key", ("key", "")
    if item.map and item.map.value:
        yield item.map.value, ("map", "value"), ".value", ("value", "")


def _of_quality(
    table: SchemaObject, item: Property | None, rules: list[Quality], path: Path, target: str, inside: str = ""
) -> Iterator[Promise]:
    for index, rule in enumerate(rules):
        sort = rule.sort
        limit = limit_of(rule)
        metric = rule.metric or (rule.rule if rule.rule in _RULE_OF_METRIC else None)
        if sort == "sql":
            kind, name = "sql", "sql"
        elif sort == "library":
            kind, name = _RULE_OF_METRIC.get(metric or "", f"metric.{metric or 'none'}"), metric or "rule"
        elif sort == "custom":
            kind, name = f"custom.{rule.engine or 'none'}", "custom"
        else:
            kind, name = "text" if sort == "text" else f"type.{sort}", sort
        columns: tuple[str, ...] = (item.name,) if item else ()
        if kind == "duplicate_values" and item is None:
            columns = names_of((rule.arguments or {}).get("properties"))
        spec = PromiseSpec(
            id=f"{target}.{rule.id or rule.name or name}",
            kind=kind,
            target=target,
            words=of_quality(target.removeprefix(f"{table.name}."), rule, limit, metric),
            severity=severity_of(rule.severity),
            dimension=(rule.dimension or "").lower(),
            path=words_of((*path, "quality", index)),
        )
        says = {name: value for name, value in rule.says.items() if name in OPERATORS}
        yield Promise(
            spec, says=says, columns=columns, item=item, table=table, quality=rule, limit=limit, inside=inside
        )


def _of_relationship(
    doc: ContractDocument,
    table: SchemaObject,
    item: Property | None,
    index: int,
    path: Path,
    start: str | list[str] | None,
) -> Promise:
    relationship = (item.relationships if item else table.relationships)[index]
    names = (item.name,) if item else tuple(resolve(doc, one)[1] for one in names_of(start))
    references = tuple(resolve(doc, one) for one in names_of(relationship.to))
    target = f"{table.name}.{item.name}" if item else table.name
    to = ", ".join(f"{relation}.{column}" for relation, column in references)
    spec = PromiseSpec(
        id=f"{target}.relationship",
        kind="foreign_key",
        target=target,
        words=f"every {' and '.join(names)} is found in {to}",
        severity=declared_severity("relationship", relationship, *([item] if item else []), table),
        dimension="consistency",
        path=words_of(path),
    )
    return Promise(spec, says=to, columns=names, item=item, table=table, references=references)


def _listed(values: list[JsonValue]) -> str:
    shown = ", ".join(str(value) for value in values[:8])
    return f"{shown} and {len(values) - 8} more" if len(values) > 8 else shown
