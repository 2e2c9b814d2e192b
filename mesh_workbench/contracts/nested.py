"""Promises about fields inside a column: rules are asked as for a column, and their condition is put where it belongs.

A row breaks such a promise when any of its values at that place does. A record that is null has no fields, a list that
is null no items.
"""

from __future__ import annotations

from dataclasses import replace

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.measure import Answer, Breaking, Declined, Known, Step
from mesh_workbench.contracts.nestedtype import element_of, fields_of, map_of
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Rule, Shape
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.errors import did_you_mean


def step(promise: Promise, shape: Shape, rule: Rule) -> Step:
    """What to measure for a promise about a field inside a column."""
    outer = promise.inside
    if outer not in shape.columns:
        called = (
            next((item for item in promise.table.properties if item.name == outer), None) if promise.table else None
        )
        outer = (called.physical_name or outer) if called else outer
    if outer not in shape.columns:
        return Declined(f"there is no column {promise.inside}")
    name, kind = outer, shape.columns[outer]
    for index, way in enumerate(promise.way):
        found = _inner(kind, way)
        if found is None:
            last = index == len(promise.way) - 1
            if rule.name == "column" and last and fields_of(kind) is not None:
                hint = did_you_mean(way[1], fields_of(kind) or ())
                return Known(False, None, "present", f"There is no field {way[1]} in {name}. {hint}".strip())
            return Declined(f"{name} is {kind.name} and has no {_words(way)}")
        name, kind = _called(name, way), found
    if rule.name == "column":
        return Known(True, name, "present")
    inner = rule.step(replace(promise, columns=(name,), inside=""), Shape({name: kind}, {}, shape.runs))
    if isinstance(inner, Known | Declined):
        return inner
    if isinstance(inner, Breaking):
        where = _wrapped(inner.where, quoted(name), quoted(outer), promise.way, 0)
        return Breaking(where, inner.parameters, (outer,))
    if isinstance(inner, Answer) and all(way[0] == "field" for way in promise.way):
        spelled = quoted(outer) + "".join(f".{quoted(field)}" for _, field in promise.way)
        return replace(inner, query=inner.query.replace(quoted(name), spelled))
    return Declined(f"{name} lies inside a column, and {rule.name.replace('_', ' ')} looks at whole columns only")


def _inner(kind: ColumnType, way: tuple[str, str]) -> ColumnType | None:
    if way[0] == "field":
        return (fields_of(kind) or {}).get(way[1])
    if way[0] == "items":
        return element_of(kind)
    pair = map_of(kind)
    return pair[0 if way[0] == "key" else 1] if pair else None


def _called(name: str, way: tuple[str, str]) -> str:
    return {"field": f"{name}.{way[1]}", "items": f"{name}[]"}.get(way[0], f"{name}.{way[0]}")


def _words(way: tuple[str, str]) -> str:
    return {"field": f"field {way[1]}", "items": "items"}.get(way[0], f"{way[0]}s")


def _wrapped(where: str, name: str, here: str, ways: tuple[tuple[str, str], ...], depth: int) -> str:
    """The condition `where`, which speaks of `name`, said of what lies behind `ways` in the expression `here`."""
    if not ways:
        return where.replace(name, here)
    (sort, field), rest = ways[0], ways[1:]
    if sort == "field":
        text = "'" + field.replace("'", "''") + "'"
        return f"({here} IS NOT NULL AND {_wrapped(where, name, f'struct_extract({here}, {text})', rest, depth)})"
    values = {"items": here, "key": f"map_keys({here})", "value": f"map_values({here})"}[sort]
    one = quoted(f"mesh each {depth}")
    inside = _wrapped(where, name, one, rest, depth + 1)
    return f"coalesce(len(list_filter({values}, lambda {one}: coalesce({inside}, FALSE))) > 0, FALSE)"
