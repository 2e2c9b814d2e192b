"""Promises of a contract as codes, for those who word them in the language of a person."""

from __future__ import annotations

from mesh_workbench.contracts.promise import Promise
from mesh_workbench.model.completion import Said, SaidCode

_OF_COLUMN: dict[str, SaidCode] = {"column": "exists", "required": "never_empty", "unique": "unique"}
_SHOWN = 8


def said_of(promise: Promise) -> Said:
    """What the promise says."""
    spec, says = promise.spec, promise.says
    name = spec.target.partition(".")[2]
    if promise.quality is not None:
        return _of_quality(promise, name or spec.target)
    if spec.kind.startswith("sla."):
        return Said(code="described", values=[spec.words])
    if spec.kind in _OF_COLUMN:
        return Said(code=_OF_COLUMN[spec.kind], values=[name])
    if spec.kind == "logical_type":
        return Said(code="logical_type", values=[name, str(says)])
    if spec.kind == "physical_type":
        return Said(code="physical_type", values=[name, str(says)])
    if spec.kind == "enum" and isinstance(says, list):
        more = [f"… (+{len(says) - _SHOWN})"] if len(says) > _SHOWN else []
        return Said(code="one_of", values=[name, ", ".join([*map(str, says[:_SHOWN]), *more])])
    if spec.kind == "primary_key":
        return Said(code="identifies", values=list(promise.columns))
    if spec.kind == "foreign_key":
        return Said(code="found_in", values=[str(says), *promise.columns])
    option = spec.path.rpartition(".")[2]
    shown = ", ".join(map(str, says)) if isinstance(says, list) else str(says)
    return Said(code="option", values=[name, option, shown])


def _of_quality(promise: Promise, target: str) -> Said:
    rule, limit = promise.quality, promise.limit
    assert rule is not None
    if rule.description:
        return Said(code="described", values=[promise.spec.words])
    metric = rule.metric or rule.rule or ("sql" if rule.sort == "sql" else "")
    if metric and not limit.problem:
        numbers = [item if isinstance(item, int) else str(item) for item in limit.operands]
        return Said(
            code="measured", values=[target, metric, limit.operator, "percent" if limit.percent else "", *numbers]
        )
    return Said(code="rule", values=[target, rule.name or metric or rule.engine or rule.sort])
