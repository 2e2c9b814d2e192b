"""What changed in the quality rules of an object or a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pydantic import JsonValue

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.difference.limits import compared
from mesh_workbench.contracts.difference.measured import counted
from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.odcs import Quality
from mesh_workbench.contracts.severity import severity_of
from mesh_workbench.contracts.wording import of_quality

_SEVERITIES = ("info", "warning", "error")


def of_rules(name: str, old: Sequence[Quality], new: Sequence[Quality]) -> Iterator[Change]:
    """A rule that is gone, looser or less grave breaks consumers; so does one that measures something else."""
    pairs = _pairs(list(old), list(new))
    for index, rule in enumerate(old):
        if index in pairs:
            yield from _changed(name, rule, new[pairs[index]])
        else:
            yield _gone_or_new(name, rule, "breaking")
    for index, rule in enumerate(new):
        if index not in pairs.values():
            yield _gone_or_new(name, rule, "compatible")


def _pairs(old: list[Quality], new: list[Quality]) -> dict[int, int]:
    """Which rule became which: by id, by name, by all that it measures, else by its metric when there is but one."""
    signs: tuple[Callable[[Quality], object], ...] = (
        lambda rule: rule.id,
        lambda rule: rule.name,
        lambda rule: repr((_measures(rule), rule.arguments, _limits(rule))),
        lambda rule: repr((_measures(rule), rule.arguments)),
        lambda rule: repr(_measures(rule)) if rule.sort == "library" else None,
    )
    found: dict[int, int] = {}
    for sign in signs:
        for index, rule in enumerate(old):
            mark = sign(rule)
            other = next(
                (at for at, one in enumerate(new) if at not in found.values() and mark and sign(one) == mark), None
            )
            if index not in found and other is not None:
                found[index] = other
    return found


def _measures(rule: Quality) -> tuple[object, ...]:
    return (
        rule.sort, rule.metric or rule.rule, " ".join((rule.query or "").split()), rule.engine, rule.implementation,
        "percent" if limit_of(rule).percent else "rows",
    )  # fmt: skip


def _limits(rule: Quality) -> dict[str, JsonValue]:
    return {key: value for key, value in rule.says.items() if key in OPERATORS}


def _gone_or_new(name: str, rule: Quality, grade: str) -> Change:
    is_new = grade == "compatible"
    words = of_quality(name, rule, limit_of(rule), rule.metric)
    if rule.sort == "text":
        return Change("wording", f"a text about {name} {'is new' if is_new else 'is gone'}: {words}")
    return Change("compatible" if is_new else "breaking", f"{'new rule' if is_new else 'rule is gone'}: {words}")


def _changed(name: str, was: Quality, now: Quality) -> Iterator[Change]:
    what = of_quality(name, now, limit_of(now), now.metric)
    severities = [severity_of(rule.severity) for rule in (was, now)]
    moved = _SEVERITIES.index(severities[1]) - _SEVERITIES.index(severities[0])
    if moved:
        words = f"{what}: severity {severities[1]} instead of {severities[0]}"
        yield Change("compatible" if moved > 0 else "breaking", words)
    if _measures(was) != _measures(now):
        yield Change("breaking", f"{what}: it measures something else")
    else:
        yield from _counted(what, was, now)
        yield from _limit(what, was, now)
    if was.description != now.description:
        yield Change("wording", f"a rule about {name} is described anew")


def _counted(what: str, was: Quality, now: Quality) -> Iterator[Change]:
    more, words = counted(was, now)
    if more == "same" and not words:
        return
    if more == "same":
        yield Change("wording", f"{what}: {words}")
    elif more == "more" and limit_of(now).only_upper:
        yield Change("compatible", f"{what}: {words}, so that more counts as a fault")
    else:
        yield Change("breaking", f"{what}: {words}")


def _limit(what: str, was: Quality, now: Quality) -> Iterator[Change]:
    before, after = _limits(was), _limits(now)
    if before == after:
        return
    words = f"{what}: {_said(after)} instead of {_said(before)}"
    stricter, looser = compared(limit_of(was), limit_of(now), whole=now.sort == "library")
    if looser:
        yield Change("breaking", words)
    else:
        yield Change("compatible" if stricter else "wording", words)


def _said(operators: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name} {value}" for name, value in operators.items()) or "nothing"
