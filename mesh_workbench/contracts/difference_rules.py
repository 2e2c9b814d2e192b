"""What changed in the quality rules of an object or a column."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from pydantic import JsonValue

from mesh_workbench.contracts.change import Change
from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.odcs import Quality
from mesh_workbench.contracts.severity import severity_of
from mesh_workbench.contracts.wording import of_quality


def of_rules(name: str, old: list[Quality], new: list[Quality]) -> Iterator[Change]:
    before, after = _by_meaning(old), _by_meaning(new)
    for key in dict.fromkeys((*before, *after)):
        for was, now in zip_longest(before.get(key, []), after.get(key, [])):
            yield from _rule(name, was, now)


def _by_meaning(rules: list[Quality]) -> dict[str, list[Quality]]:
    """Rules by what they measure, so that one whose number changed is found again."""
    found: dict[str, list[Quality]] = {}
    for rule in rules:
        measured = repr((rule.metric or rule.rule, rule.query, rule.engine, rule.implementation, rule.arguments))
        found.setdefault(rule.id or f"{rule.sort} {measured} {rule.unit}", []).append(rule)
    return found


def _rule(name: str, was: Quality | None, now: Quality | None) -> Iterator[Change]:
    if was is None or now is None:
        rule = was or now
        assert rule is not None
        words = of_quality(name, rule, limit_of(rule), rule.metric)
        if rule.sort == "text":
            yield Change("wording", f"a text about {name} {'is new' if now else 'is gone'}: {words}")
        else:
            yield Change("compatible" if now else "breaking", f"{'new rule' if now else 'rule is gone'}: {words}")
        return
    order = ("info", "warning", "error")
    moved = order.index(severity_of(now.severity)) - order.index(severity_of(was.severity))
    what = of_quality(name, now, limit_of(now), now.metric)
    if moved:
        words = f"{what}: severity {severity_of(now.severity)} instead of {severity_of(was.severity)}"
        yield Change("compatible" if moved > 0 else "breaking", words)
    if was.model_dump(include={"metric", "query", "arguments", "unit"}) != now.model_dump(
        include={"metric", "query", "arguments", "unit"}
    ):
        yield Change("breaking", f"{what}: it measures something else")
    before, after = ({key: rule.says[key] for key in rule.says if key in OPERATORS} for rule in (was, now))
    if before != after:
        stricter = _stricter(before, after)
        words = f"{what}: {_said(after)} instead of {_said(before)}"
        yield Change("compatible" if stricter else "breaking", words)
    if was.description != now.description:
        yield Change("wording", f"a rule about {name} is described anew")


def _stricter(before: dict[str, JsonValue], after: dict[str, JsonValue]) -> bool:
    """Whether everything that is allowed now was allowed before; False when that cannot be told."""
    if len(before) != 1 or before.keys() != after.keys():
        return False
    operator, was = next(iter(before.items()))
    now = after[operator]
    if isinstance(was, int | float) and isinstance(now, int | float):
        if "Greater" in operator:
            return now >= was
        if "Less" in operator:
            return now <= was
    if operator == "mustBeBetween" and isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) == 2 and now[0] >= was[0] and now[1] <= was[1]  # type: ignore[operator]
    return False


def _said(operators: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name} {value}" for name, value in operators.items()) or "nothing"
