"""What a change of contract means to those who rely on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.limit import OPERATORS, limit_of
from mesh_workbench.contracts.odcs import Property, Quality, SchemaObject
from mesh_workbench.contracts.promises import severity_of
from mesh_workbench.contracts.wording import of_quality
from mesh_workbench.model.version import Bump

Grade = Literal["breaking", "compatible", "wording"]

_BUMP: dict[Grade, Bump] = {"breaking": "major", "compatible": "minor", "wording": "patch"}
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


@dataclass(frozen=True)
class Change:
    """One difference, graded from the consumer's view, in words."""

    grade: Grade
    words: str


def bump(old: ContractDocument, new: ContractDocument) -> tuple[Bump | None, list[str]]:
    """How far the version must move from `old` to `new`, with the reasons, gravest first; (None, []) when equal.

    A promise that is taken back or weakened is major, one that is added or sharpened minor, wording patch.
    """
    if old.text == new.text or old.source.value == new.source.value:
        return None, []
    found = changes(old, new)
    order: list[Grade] = ["breaking", "compatible", "wording"]
    found.sort(key=lambda change: order.index(change.grade))
    if not found:
        return "patch", ["what changed promises nothing"]
    return _BUMP[found[0].grade], [change.words for change in found]


def changes(old: ContractDocument, new: ContractDocument) -> list[Change]:
    """Every difference between two contracts that means something, in the order of the document."""
    found: list[Change] = []
    before = {item.name: item for item in old.contract.schema_}
    after = {item.name: item for item in new.contract.schema_}
    if len(before) == len(after) == 1:  # a renamed port keeps its single object
        before, after = ({"": next(iter(named.values()))} for named in (before, after))
    for name, table in before.items():
        if name in after:
            found += _object(table, after[name])
        else:
            found.append(Change("breaking", f"object {name} is gone"))
    found += [Change("compatible", f"object {name} is new") for name in after if name not in before]
    found += _service_levels(old, new)
    if old.contract.status != new.contract.status:
        worse = new.contract.status in ("retired", "deprecated")
        grade: Grade = "breaking" if worse else "wording"
        found.append(Change(grade, f"status is {new.contract.status} instead of {old.contract.status}"))
    return found


def _object(old: SchemaObject, new: SchemaObject) -> Iterator[Change]:
    before = {item.name: item for item in old.properties}
    after = {item.name: item for item in new.properties}
    for name, item in before.items():
        if name in after:
            yield from _property(name, item, after[name])
        else:
            yield Change("breaking", f"column {name} is gone")
    yield from (Change("compatible", f"column {name} is new") for name in after if name not in before)
    keys = [[item.name for item in table.key()] for table in (old, new)]
    if keys[0] and keys[0] != keys[1]:
        became = f"({', '.join(keys[1])})" if keys[1] else "nothing"
        yield Change("breaking", f"the key ({', '.join(keys[0])}) became {became}")
    elif keys[1] and not keys[0]:
        yield Change("compatible", f"({', '.join(keys[1])}) is promised to be the key")
    yield from _quality("the table", old.quality, new.quality)


def _property(name: str, old: Property, new: Property) -> Iterator[Change]:
    if old.logical_type != new.logical_type:
        grade: Grade = "breaking" if old.logical_type else "compatible"
        yield Change(grade, f"{name} changes its type from {old.logical_type} to {new.logical_type}")
    if (old.physical_type or "").lower() != (new.physical_type or "").lower():
        grade = "breaking" if old.physical_type else "compatible"
        yield Change(grade, f"{name} changes its physical type from {old.physical_type} to {new.physical_type}")
    for word, was, now in (("required", old.required, new.required), ("unique", old.unique, new.unique)):
        if was and not now:
            yield Change("breaking", f"{name} is no longer {word}")
        elif now and not was:
            yield Change("compatible", f"{name} is {word} now")
    yield from _enum(name, old, new)
    yield from _options(name, old.logical_type_options or {}, new.logical_type_options or {})
    yield from _quality(name, old.quality, new.quality)
    if (old.classification or "") != (new.classification or ""):
        yield Change("compatible", f"{name} is classified {new.classification or 'no longer'}")
    if old.description != new.description or old.business_name != new.business_name:
        yield Change("wording", f"{name} is described anew")
    inner = ({item.name: item for item in part.properties} for part in (old, new))
    before, after = inner
    for field, item in before.items():
        if field in after:
            yield from _property(f"{name}.{field}", item, after[field])
        else:
            yield Change("breaking", f"field {name}.{field} is gone")
    yield from (Change("compatible", f"field {name}.{field} is new") for field in after if field not in before)
    if old.items and new.items:
        yield from _property(f"{name}[]", old.items, new.items)


def _enum(name: str, old: Property, new: Property) -> Iterator[Change]:
    before, after = ([value.value for value in item.enum] for item in (old, new))
    if before and not after:
        yield Change("breaking", f"{name} no longer promises a closed list of values")
    elif after and not before:
        yield Change("compatible", f"{name} has a closed list of values now")
    else:
        added = [value for value in after if value not in before]
        gone = [value for value in before if value not in after]
        if added:
            yield Change("breaking", f"{name} may hold new values: {', '.join(map(str, added))}")
        if gone:
            yield Change("compatible", f"{name} no longer holds: {', '.join(map(str, gone))}")


def _options(name: str, old: dict[str, JsonValue], new: dict[str, JsonValue]) -> Iterator[Change]:
    for option in dict.fromkeys((*old, *new)):
        was, now = old.get(option), new.get(option)
        if was == now:
            continue
        if was in (None, False):
            yield Change("compatible", f"{name} promises {option} {now}")
        elif now in (None, False):
            yield Change("breaking", f"{name} no longer promises {option} {was}")
        else:
            wider = _wider(option, was, now)
            word = "widens" if wider else "narrows" if wider is False else "changes"
            yield Change("compatible" if wider is False else "breaking", f"{name} {word} {option} from {was} to {now}")


def _wider(option: str, was: JsonValue, now: JsonValue) -> bool | None:
    """Whether the new bound lets more through; None when that cannot be said."""
    numbers = isinstance(was, int | float) and isinstance(now, int | float)
    texts = isinstance(was, str) and isinstance(now, str)  # ISO dates compare as text
    if not (numbers or texts) or option not in (*_UPPER, *_LOWER):
        return None
    more = now > was  # type: ignore[operator]
    return more if option in _UPPER else not more


def _quality(name: str, old: list[Quality], new: list[Quality]) -> Iterator[Change]:
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


def _service_levels(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    before, after = (
        {(level.property.lower(), level.element, level.driver): level for level in doc.contract.sla_properties}
        for doc in (old, new)
    )
    for key, was in before.items():
        now = after.get(key)
        if now is None:
            yield Change("breaking", f"service level {was.property} is gone")
        elif (was.value, was.unit) != (now.value, now.unit):
            # Units and directions differ by level: until they are compared, a change is taken to be for the worse.
            words = f"service level {was.property}: {now.value} {now.unit or ''} instead of {was.value}"
            yield Change("breaking", f"{words.strip()} {was.unit or ''}".rstrip())
    yield from (Change("compatible", f"service level {after[key].property} is new") for key in after.keys() - before)
