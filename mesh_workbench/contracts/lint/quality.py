"""What can be wrong in quality rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.lint.names import unknown_keys
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import Property, Quality, SchemaObject
from mesh_workbench.contracts.query import Refused, prepare
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.vocabulary import ARGUMENTS, DIMENSIONS, METRICS, QUALITY, SEVERITIES, SORTS, UNITS
from mesh_workbench.errors import did_you_mean


def of_rule(table: SchemaObject, item: Property | None, rule: Quality, path: Path) -> Iterator[Problem]:
    """Problems of a rule that stands at the column `item`, or at the object when there is none."""
    yield from unknown_keys(rule, QUALITY | set(OPERATORS) | {"pattern", "validValues"}, path, "the rule")
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
    if metric in ARGUMENTS:
        yield from _arguments(metric, rule, path)
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


def _arguments(metric: str, rule: Quality, path: Path) -> Iterator[Problem]:
    """Arguments that the metric does not know would be ignored without a word."""
    for name, value in (rule.arguments or {}).items():
        where = (*path, "arguments", name)
        if name not in ARGUMENTS[metric]:
            hint = did_you_mean(name, ARGUMENTS[metric]) if ARGUMENTS[metric] else "Take it away."
            yield "warning", "contract.unknown-argument", where, f"{metric} has no argument {name}", hint
        elif name == "pattern" and not isinstance(value, str):
            yield "error", "contract.argument", where, "the pattern is no text", "Put it in quotes."
        elif (
            name != "pattern" and not isinstance(value, list) and not (name == "properties" and isinstance(value, str))
        ):
            yield "error", "contract.argument", where, f"{name} is no list", "Write it as [a, b]."
    if metric == "rowCount" and limit_of(rule).percent:
        message = "a row count is a part of nothing, so it cannot be in percent"
        yield "error", "contract.percent", (*path, "unit"), message, "Take the unit away."


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
