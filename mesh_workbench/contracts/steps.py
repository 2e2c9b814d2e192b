"""Promises to steps: what each rule wants measured, in the words of the data at hand."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

import duckdb

from mesh_workbench.contracts import nested
from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.facts import Facts
from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.odcs import SchemaObject
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Rule, Shape
from mesh_workbench.contracts.rules import BUILT_IN, OTHERWISE, SERVICE_LEVELS, rules
from mesh_workbench.contracts.views import STAGED
from mesh_workbench.errors import did_you_mean


def steps_of(plan: list[Promise], database: Database, facts: Facts | None = None) -> tuple[list[Promise], list[Step]]:
    """The promises with columns as the data calls them, and what to measure for each."""
    foreign = {name: list(database.describe(view)) for name, view in database.foreign.items()}
    shape = Shape(database.columns, foreign, database.runs_pattern, facts or Facts())
    known = rules()
    promises = [_as_the_data_calls_it(promise, shape) for promise in plan]
    steps = [_step(promise, shape, known.get(promise.spec.kind, OTHERWISE)) for promise in promises]
    own = {rule.name for rule in (*BUILT_IN, *SERVICE_LEVELS)}
    return promises, [
        step if promise.spec.kind in own else _tried(database, step)
        for promise, step in zip(promises, steps, strict=True)
    ]


def _as_the_data_calls_it(promise: Promise, shape: Shape) -> Promise:
    """Columns by their physical names where the data knows only those."""
    if promise.table is None or promise.inside:
        return promise
    return replace(promise, columns=called(promise.columns, promise.table, shape.columns))


def called(names: Iterable[str], table: SchemaObject, columns: Container[str]) -> tuple[str, ...]:
    """`names` of properties as the data, which has `columns`, calls them."""
    physical = {item.name: item.physical_name for item in table.properties if item.physical_name}
    return tuple(physical[name] if name not in columns and physical.get(name) in columns else name for name in names)


def _step(promise: Promise, shape: Shape, rule: Rule) -> Step:
    if rule is OTHERWISE:
        return rule.step(promise, shape)
    if promise.quality is not None and promise.unclear:
        return Declined(promise.unclear)
    elsewhere = bool(promise.inside) or promise.spec.kind.startswith("sla.")
    absent = [] if elsewhere else [name for name in promise.columns if name not in shape.columns]
    if absent and promise.spec.kind != "column":
        spoken_of = {item.name for item in promise.table.properties} if promise.table else set()
        if absent[0] in spoken_of:
            return Declined(f"there is no column {absent[0]}")
        hint = did_you_mean(absent[0], shape.columns)
        return Known(False, None, promise.limit.words(), f"There is no column {absent[0]}. {hint}")
    kind = promise.spec.kind
    try:
        found = nested.step(promise, shape, rule) if promise.inside else rule.step(promise, shape)
        hash(found)  # equal ones are measured once
    except Exception as error:  # noqa: BLE001  a rule that errs, a plug-in's above all, takes no other one down
        return Declined(f"its rule {kind} failed: {type(error).__name__}: {error}", refused=True)
    if not isinstance(found, Step):
        return Declined(f"its rule {kind} answers {type(found).__name__}, which is nothing to measure", refused=True)
    return found


def _tried(database: Database, step: Step) -> Step:
    """The step of a plug-in, or why it cannot be taken: one that lacks a parameter would take that of another rule."""
    if not isinstance(step, Breaking):
        return step
    try:
        database.rows(f"SELECT 1 FROM {STAGED} WHERE {step.where} LIMIT 0", step.parameters)  # noqa: S608  its own code
    except duckdb.Error as error:
        return Declined(f"its rule cannot be asked of the data: {str(error).splitlines()[0]}", refused=True)
    return step
